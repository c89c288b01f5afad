using System.Collections;
using System.Reflection;
using System.Text;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.State;
using MfsHa.Metadata.SystemGroup;
using MfsHa.Metadata.Tests.Support;
using Xunit;

namespace MfsHa.Metadata.Tests.Kernel;

public sealed class RecordNameTests
{
    [Theory]
    [InlineData(1, "01 00000011", "inode 17")]
    [InlineData(1, "02 00000001 6437", "entry 'd7' of directory 1")]
    [InlineData(1, "02 00000001 277b307d1b5c", @"entry '\x27{0}\x1b\x5c' of directory 1")]
    [InlineData(1, "03 00000001 0000000000000009", "edge 9 of directory 1")]
    [InlineData(2, "07 00000000000000AB", "chunk 00000000000000AB")]
    [InlineData(2, "0f 00000000 00000007", "inode 7 in trash until 1970-01-01 00:00:00Z")]
    [InlineData(1, "00", "position in the log")]
    [InlineData(0, "05 0a630002 000024ce", "chunkserver at 10.99.0.2:9422")]
    [InlineData(0, "07 00000000 70726f6265", "option 'probe'")]
    [InlineData(1, "01 000011", "record")] // cut
    [InlineData(1, "01 0000001100", "record")] // too long
    [InlineData(1, "c8 00000011", "record")] // of a later release
    [InlineData(1, "", "record")]
    public void Keys_are_described(ushort group, string key, string expected) => Assert.Equal(expected, RecordName.Of(group, Convert.FromHexString(key.Replace(" ", "", StringComparison.Ordinal))));

    [Fact]
    public void Every_table_is_known_with_the_keys_that_it_has()
    {
        foreach (var state in new StateTables[] { new SystemState(new MemoryStore()), new NamespaceState(new MemoryStore(), 1, 16) })
        {
            var tables = (IEnumerable)typeof(StateTables).GetField("tables", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(state)!;
            foreach (var table in tables)
            {
                var kind = (byte)table.GetType().GetInterfaces().Single(static i => i.Name == "ITable").GetProperty("Kind")!.GetValue(table)!;
                var codec = table.GetType().GetGenericArguments()[2];
                var length = codec == typeof(UInt32NameKey) ? sizeof(uint) + 1 : (int)codec.GetProperty(nameof(UInt32Key.MaxLength))!.GetValue(null)!;
                Assert.True(RecordName.Of(state.Group, [kind, .. Encoding.ASCII.GetBytes(new string('a', length))]) != "record", $"{state.GetType().Name}: kind {kind}, a key of {length} bytes");
            }
        }
    }
}
