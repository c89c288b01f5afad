using MfsHa.Security;
using MfsHa.TestCertificates;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MfsHa.NodeLink.Tests.Security;

public sealed class WatchedFilesTests : IDisposable
{
    private readonly CertificateFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _changed = [];
    private readonly List<string> _failed = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_replaced_file_counts_within_a_second()
    {
        var token = Watch("one");
        _folder.Write(token: "two");
        Assert.Equal("one", token.Current.Own);
        _time.Advance(WatchedFiles<SharedToken>.Interval);
        Assert.Equal("two", token.Current.Own);
        Assert.Equal([_folder.Token], _changed);
    }

    [Fact]
    public void A_file_behind_links_that_are_switched_counts_too()
    {
        // As Kubernetes replaces what a Secret holds: only a link to a directory changes.
        foreach (var version in new[] { "one", "two" })
        {
            Directory.CreateDirectory(Path.Combine(_folder.Path, version));
            File.WriteAllText(Path.Combine(_folder.Path, version, "token"), version);
        }

        var data = Path.Combine(_folder.Path, "..data");
        File.CreateSymbolicLink(data, "one");
        File.CreateSymbolicLink(_folder.Token, Path.Combine("..data", "token"));
        var token = new WatchedFiles<SharedToken>([_folder.Token], Make, _time);
        Assert.Equal("one", token.Current.Own);
        File.Delete(data);
        File.CreateSymbolicLink(data, "two");
        _time.Advance(WatchedFiles<SharedToken>.Interval);
        Assert.Equal("two", token.Current.Own);
    }

    [Fact]
    public void What_cannot_be_used_is_told_once_and_the_former_stays_until_it_is_right()
    {
        var token = Watch("one");
        _folder.Write(token: " ");
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(WatchedFiles<SharedToken>.Interval);
            Assert.Equal("one", token.Current.Own);
        }

        Assert.Single(_failed);
        File.Delete(_folder.Token);
        _time.Advance(WatchedFiles<SharedToken>.Interval);
        Assert.Equal("one", token.Current.Own);
        Assert.Equal(2, _failed.Count);
        _folder.Write(token: "two");
        _time.Advance(WatchedFiles<SharedToken>.Interval);
        Assert.Equal("two", token.Current.Own);
    }

    [Fact]
    public void A_first_file_that_cannot_be_used_is_refused_by_name()
    {
        var missing = Assert.Throws<SecurityFileException>(() => new WatchedFiles<SharedToken>([_folder.Token], Make, _time));
        Assert.Contains(_folder.Token, missing.Message, StringComparison.Ordinal);
        File.WriteAllBytes(_folder.Token, new byte[WatchedFiles<SharedToken>.MaxBytes + 1]);
        Assert.Contains("allowed", Assert.Throws<SecurityFileException>(() => new WatchedFiles<SharedToken>([_folder.Token], Make, _time)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no certificate", null, "ca.pem")]
    [InlineData(null, "no key", "tls.key")]
    public void Broken_certificates_and_keys_are_refused_by_name(string? authorities, string? key, string name)
    {
        using var authority = new TestAuthority("ca");
        _folder.Write(authority.Issue("node", ["localhost"]), [authority]);
        if (authorities is not null)
            File.WriteAllText(_folder.Authorities, authorities);
        if (key is not null)
            File.WriteAllText(_folder.Key, key);
        var refused = Assert.Throws<SecurityFileException>(() => new TlsFiles(_folder.Authorities, _folder.Certificate, _folder.Key).Watch(_time));
        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused()
    {
        using var authority = new TestAuthority("ca");
        _folder.Write(authority.Issue("node", ["localhost"]) with { KeyPem = authority.Issue("other", ["localhost"]).KeyPem }, [authority]);
        Assert.Throws<SecurityFileException>(() => new TlsFiles(_folder.Authorities, _folder.Certificate, _folder.Key).Watch(_time));
    }

    private static SharedToken Make(IReadOnlyList<byte[]> contents) => SharedToken.Read("token", contents[0]);

    private WatchedFiles<SharedToken> Watch(string token)
    {
        _folder.Write(token: token);
        return new WatchedFiles<SharedToken>([_folder.Token], Make, _time, _changed.Add, _failed.Add);
    }
}
