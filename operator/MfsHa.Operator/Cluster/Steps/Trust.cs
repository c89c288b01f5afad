using MfsHa.Operator.Cluster.Tls;
using MfsHa.Operator.Cluster.Observation;

namespace MfsHa.Operator.Cluster.Steps;

/// <summary>Says how far nodes are with the certificates that <see cref="Certificates"/> has made: the last step, which holds up nothing else.</summary>
public static class Trust
{
    /// <summary>Done when all nodes that answer have read them and no CA is being replaced.</summary>
    public static StepResult Run(ObservedCluster observed)
    {
        if (observed.Cluster.Spec.Tls is not { IsOperators: true })
        {
            return StepResult.Go();
        }

        try
        {
            return Certificates.Read(observed) is ({ } authority, { } issued) && ProgressOf(observed, authority, issued) is { } progress ? StepResult.WaitFor(progress) : StepResult.Go();
        }
        catch (FormatException e)
        {
            return StepResult.Fail($"Secret {observed.Names.Authority}: {e.Message}");
        }
    }

    /// <summary>What a rotation, or a new certificate, waits for; null: nothing is under way.</summary>
    internal static string? ProgressOf(ObservedCluster observed, Authority authority, IssuedCertificate issued)
    {
        string? waits = CertificatePlan.WaitsFor(observed, authority, issued);
        return authority.Next is not null ? $"the CA is replaced, step 1 of 2: {waits ?? "all nodes trust the new one"}"
            : authority.Former is not null && issued.Certificate.IssuerKeyId != authority.Signing?.Facts.KeyId ? "the CA is replaced, step 2 of 2: the new one issues the nodes' certificate"
            : authority.Former is not null ? $"the CA is replaced, step 2 of 2: {waits ?? "all nodes show certificates of the new one"}"
            : !issued.Fingerprints.SequenceEqual(authority.TrustedFingerprints) ? "nodes are to trust the new CA alone"
            : LoadedCertificates.NotRead(observed, issued);
    }
}
