using System.Collections.Frozen;
using MfsHa.Node.Configuration.Keys;

namespace MfsHa.Node.Configuration;

/// <summary>The value of every key, and where it comes from. Immutable.</summary>
public sealed class ConfigurationValues
{
    private readonly FrozenDictionary<string, Item> _items;

    internal ConfigurationValues(IEnumerable<KeyValuePair<string, Item>> items) => _items = items.ToFrozenDictionary();

    internal sealed record Item(string Text, object? Value, ConfigurationOrigin Origin);

    /// <summary>The value of a key.</summary>
    public T Get<T>(ConfigurationKey<T> key) => (T)_items[key.Name].Value!;

    /// <summary>Where the value of a key comes from.</summary>
    public ConfigurationOrigin OriginOf(ConfigurationKey key) => _items[key.Name].Origin;

    /// <summary>
    /// The text of a key's value as written, for clients that ask for it (GET_CONFIG, client-protocol 1.8): null for an unknown key,
    /// "[DEFINED]" for a secret that is set.
    /// </summary>
    public string? TextOf(string name)
    {
        ConfigurationKey? key = ConfigurationReader.KeysByName.GetValueOrDefault(name);
        return key is null ? null : Shown(key);
    }

    /// <summary>Keys whose values differ, in the order of the reference.</summary>
    public IReadOnlyList<ConfigurationKey> DifferencesTo(ConfigurationValues other) =>
        [.. KeySection.All.SelectMany(s => s.Keys).Where(k => _items[k.Name].Text != other._items[k.Name].Text)];

    internal ConfigurationValues WithReloadable(ConfigurationValues next) =>
        new(_items.Select(i => ConfigurationReader.KeysByName[i.Key].Reload == ReloadClass.Reload ? new(i.Key, next._items[i.Key]) : i));

    internal ConfigurationValues With(IReadOnlyDictionary<string, string> options, List<string> warnings)
    {
        var items = _items.ToDictionary();
        foreach ((string name, string text) in options)
        {
            ConfigurationKey? key = ConfigurationReader.KeysByName.GetValueOrDefault(name);
            if (key is null || key.WhyNotSettable() is not null || !key.TryParse(text, out object? value))
            {
                warnings.Add($"cluster: {name}: what was set for all nodes means nothing to this one, and is left aside");
                continue;
            }

            items[name] = new Item(text, value, ConfigurationOrigin.Cluster);
        }

        return new ConfigurationValues(items);
    }

    /// <summary>Writes every key with its value and origin, secrets masked.</summary>
    public void WriteTo(TextWriter writer)
    {
        foreach (ConfigurationKey key in KeySection.All.SelectMany(s => s.Keys))
        {
            writer.WriteLine($"{key.Name} = {Shown(key)}  ({_items[key.Name].Origin})");
        }
    }

    private string Shown(ConfigurationKey key)
    {
        string text = _items[key.Name].Text;
        return key.IsSecret && text.Length > 0 ? "[DEFINED]" : text;
    }
}
