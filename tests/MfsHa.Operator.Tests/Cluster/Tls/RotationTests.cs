using System.Text.Json.Nodes;
using k8s.Models;
using MfsHa.Operator.Cluster;
using MfsHa.Operator.Cluster.Actions;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Cluster.Tls;
using MfsHa.Operator.Entities;
using MfsHa.Operator.Operations;
using Xunit;

namespace MfsHa.Operator.Tests.Cluster.Tls;

/// <summary>The CA that the operator makes: at every moment of its life all nodes believe each other, whatever each of them has read (<see cref="SimulatedCertificates.Check"/>).</summary>
public sealed class RotationTests
{
    private const string Certificates = "c-certificates";
    private const string AuthoritySecret = "c-authority";

    private readonly SimulatedCluster _cluster = new();

    public RotationTests()
    {
        _cluster.Cluster.Spec.Tls = new TlsSpec { Mode = "Operator" };
        _cluster.Settle();
    }

    [Fact]
    public void Certificates_are_there_before_any_node_and_then_nothing_is_written()
    {
        Assert.True(_cluster.History.IndexOf($"issue a certificate into Secret {Certificates}") < _cluster.History.IndexOf("apply StatefulSet c"));
        Assert.Contains(_cluster.Observe().StatefulSet!.Spec.Template.Spec.Volumes, static v => v.Secret?.SecretName == Certificates);
        Assert.Empty(_cluster.Pass());
        Assert.Equal(Authority().Signing!.Facts.Fingerprint, _cluster.Cluster.Status!.Tls!.Authority);
        Assert.Null(_cluster.Cluster.Status.Tls.Rotation);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 24)];

    // An operator that is killed after its first action in every pass, nodes that read when they like, pods that come again, and nodes that join in the middle.
    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_CA_is_replaced_in_two_steps_whenever_nodes_read_and_operators_are_killed(int seed)
    {
        var random = new Random(seed);
        string former = Authority().Signing!.Facts.Fingerprint;
        _cluster.Certificates.AreReadLate = true;
        Rotate("wish");
        if (seed % 3 == 0)
        {
            _cluster.Cluster.Spec.Replicas = 5;
        }

        int passes = 0;
        while (!IsOver(former) && passes++ < 400)
        {
            ObservedCluster observed = _cluster.Observe();
            ReconcilePlan plan = Reconcile.Plan(observed);
            _cluster.Do(plan.Actions.Take(1));
            if (random.Next(3) == 0)
            {
                _cluster.ReadCertificates([_cluster.PodNodes.ElementAt(random.Next(_cluster.PodNodes.Count()))]);
            }

            if (random.Next(10) == 0 && _cluster.Observe().PodOf(random.Next(1, 4)) is { } pod)
            {
                _cluster.Do([new ClusterAction.DeletePod(pod.Metadata.Name, pod.Metadata.Uid, "somebody did")]);
            }
        }

        Assert.True(IsOver(former), $"not over after {passes} passes: {string.Join('\n', _cluster.History)}");
        Assert.Equal([Authority().Signing!.Facts.Fingerprint], Issued().Fingerprints);
        Assert.Equal(Authority().Signing!.Facts.KeyId, Issued().Certificate.IssuerKeyId);
        _cluster.Certificates.AreReadLate = false;
        _cluster.Settle(100);
        Assert.Equal("wish", Authority().Mark);
    }

    [Theory]
    [InlineData("Trust", "c-1 does not trust the new CA yet")]
    [InlineData("Use", "c-1 does not show the new certificate yet")]
    public void A_node_that_has_not_read_holds_the_rotation_and_nothing_else(string step, string message)
    {
        _cluster.Certificates.AreReadLate = true;
        Rotate("wish");
        while (_cluster.Cluster.Status!.Tls!.Rotation != step)
        {
            _ = _cluster.Pass();
            if (_cluster.Cluster.Status.Tls!.Rotation != step)
            {
                _cluster.ReadCertificates([1, 2, 3]);
            }
        }

        for (int pass = 0; pass < 4; pass++)
        {
            _ = _cluster.Pass();
            _cluster.ReadCertificates([1, 3]);
        }

        Assert.Empty(_cluster.Pass());
        Assert.Equal(step, _cluster.Cluster.Status.Tls!.Rotation);
        Assert.Contains(message, _cluster.Cluster.Status.Message, StringComparison.Ordinal);
        Assert.Equal("Trust", _cluster.Cluster.Status.Operation!.Type);

        // A scale-up goes on meanwhile.
        _cluster.Cluster.Spec.Replicas = 5;
        for (int pass = 0; pass < 10; pass++)
        {
            _ = _cluster.Pass();
        }

        Assert.Equal([1, 2, 3, 4, 5], _cluster.Members);
        _cluster.Certificates.AreReadLate = false;
        _cluster.Settle();
    }

    [Fact]
    public void A_node_that_is_away_is_waited_for()
    {
        string former = Authority().Signing!.Facts.Fingerprint;
        _cluster.Away.Add(2);
        Rotate("wish");
        for (int pass = 0; pass < 10; pass++)
        {
            _ = _cluster.Pass();
        }

        Assert.Equal("Trust", _cluster.Cluster.Status!.Tls!.Rotation);
        Assert.Equal(former, Authority().Signing!.Facts.Fingerprint);
        _cluster.Away.Clear();
        _cluster.Settle();
        Assert.NotEqual(former, Authority().Signing!.Facts.Fingerprint);
    }

    [Fact]
    public void Certificates_are_renewed_and_the_CA_is_replaced_when_a_third_of_their_life_is_left()
    {
        string authority = Authority().Signing!.Facts.Fingerprint;
        string certificate = Issued().Certificate.Fingerprint;
        _cluster.History.Clear();
        _cluster.Now += TimeSpan.FromDays(59);
        _cluster.Settle();
        Assert.Empty(_cluster.History);
        _cluster.Now += TimeSpan.FromDays(2);
        _cluster.Settle();
        Assert.Equal([$"issue a certificate into Secret {Certificates}"], _cluster.History);
        Assert.NotEqual(certificate, Issued().Certificate.Fingerprint);
        Assert.Equal(authority, Authority().Signing!.Facts.Fingerprint);

        // In time also when certificates live as long as they may.
        _cluster.Now += TimeSpan.FromDays(2400);
        _cluster.Settle();
        Assert.NotEqual(authority, Authority().Signing!.Facts.Fingerprint);
        Assert.Equal([Authority().Signing!.Facts.Fingerprint], Issued().Fingerprints);
    }

    [Fact]
    public void A_CA_whose_Secret_is_lost_is_replaced_as_in_a_rotation()
    {
        string former = Authority().Signing!.Facts.Fingerprint;
        _cluster.DeleteSecret(AuthoritySecret);
        _cluster.Certificates.AreReadLate = true;
        for (int pass = 0; pass < 20; pass++)
        {
            _ = _cluster.Pass();
            _cluster.ReadCertificates([1 + (pass % 3)]);
        }

        _cluster.Certificates.AreReadLate = false;
        _cluster.Settle();
        Assert.DoesNotContain(former, Issued().Fingerprints);
    }

    [Fact]
    public void Certificates_whose_Secret_is_lost_are_issued_again_by_the_same_CA()
    {
        string authority = Authority().Signing!.Facts.Fingerprint;
        _cluster.DeleteSecret(Certificates);
        _cluster.Settle();
        Assert.Equal([authority], Issued().Fingerprints);
    }

    [Fact]
    public void An_operator_that_is_late_changes_nothing()
    {
        Rotate("wish");
        var authority = Reconcile.Plan(_cluster.Observe()).Actions.OfType<ClusterAction.AddAuthority>().Single();
        _cluster.Do([authority]);
        JsonObject patch = SecretChange.Of(authority).Patch;
        Assert.NotEqual(Authority().Version, patch["metadata"]!["resourceVersion"]!.GetValue<string>());
    }

    [Fact]
    public void A_rotation_that_was_asked_for_is_over_when_all_nodes_trust_the_new_CA_alone()
    {
        V1MfsHaOperation operation = new()
        {
            Metadata = new V1ObjectMeta { Name = "op", NamespaceProperty = "ns", Uid = "operation" },
            Spec = { Cluster = "c", Type = "RotateAuthority" },
        };
        string former = Authority().Signing!.Facts.Fingerprint;
        _cluster.Certificates.AreReadLate = true;
        for (int pass = 0; pass < 60 && operation.Status?.Phase != "Succeeded"; pass++)
        {
            OperationDecision decision = OperationPlan.Next(operation, _cluster.Observe());
            Assert.NotEqual("Failed", decision.Phase);
            operation.Status = new MfsHaOperationStatus { Phase = decision.Phase };
            if (decision.Phase == "Succeeded")
            {
                IReadOnlyDictionary<int, MfsHa.Admin.Contract.TlsDetails> told = _cluster.Certificates.Told([1, 2, 3]);
                Assert.All(told.Values, t => Assert.Equal([Authority().Signing!.Facts.Fingerprint], t.Authorities));
            }

            _cluster.Do(decision.Actions);
            _ = _cluster.Pass();
            _cluster.ReadCertificates([1 + (pass % 3)]);
        }

        Assert.Equal("Succeeded", operation.Status!.Phase);
        Assert.NotEqual(former, Authority().Signing!.Facts.Fingerprint);
    }

    [Fact]
    public void Where_others_make_the_certificates_no_CA_is_replaced()
    {
        _cluster.Cluster.Spec.Tls = new TlsSpec { SecretName = "theirs" };
        V1MfsHaOperation operation = new() { Metadata = new V1ObjectMeta { Name = "op", NamespaceProperty = "ns", Uid = "operation" }, Spec = { Cluster = "c", Type = "RotateAuthority" } };
        Assert.Equal("Failed", OperationPlan.Next(operation, _cluster.Observe()).Phase);
    }

    [Theory]
    [InlineData("Operator", "mine", 90, 3650, "spec.tls: secretName, or mode: Operator, expected")]
    [InlineData("Secret", null, 90, 3650, "spec.tls: secretName, or mode: Operator, expected")]
    [InlineData("Secret", "c-certificates", 90, 3650, "spec.tls.secretName: c-certificates is the name of a Secret that the operator makes")]
    [InlineData("Operator", null, 90, 269, "spec.tls.authorityDays: at least 3 times certificateDays expected, found 269 with 90")]
    [InlineData("Secret", "mine", 90, 3650, "spec.tls.mode: nodes with certificates of one CA do not believe those of another")]
    public void A_wrong_specification_says_what_is_wrong(string mode, string? secret, int certificate, int authority, string expected)
    {
        _cluster.Cluster.Spec.Tls = new TlsSpec { Mode = mode, SecretName = secret, CertificateDays = certificate, AuthorityDays = authority };
        Assert.Empty(_cluster.Pass());
        Assert.Contains(expected, _cluster.Cluster.Status!.Message, StringComparison.Ordinal);
    }

    private void Rotate(string mark) => _cluster.Do([new ClusterAction.RotateAuthority(mark)]);

    private bool IsOver(string former) => Authority() is { IsRotating: false, Signing: { } signing } && signing.Facts.Fingerprint != former && Issued().Fingerprints.Count == 1;

    private Authority Authority() => MfsHa.Operator.Cluster.Tls.Authority.Read(_cluster.Observe().Objects[new ObjectName("Secret", AuthoritySecret)]);

    private IssuedCertificate Issued() => IssuedCertificate.Read(_cluster.Observe().Objects[new ObjectName("Secret", Certificates)])!;
}
