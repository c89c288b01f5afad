using MfsHa.Operator.Cluster.Actions;
using MfsHa.Operator.Cluster.Tls;
using MfsHa.Operator.Cluster.Observation;

namespace MfsHa.Operator.Cluster.Steps;

/// <summary>
/// With <c>spec.tls.mode: Operator</c>: the Secrets of the CA and of the certificates. One change in a pass. Only their making is waited for: a rotation that waits for a node must not hold up what brings that
/// node back.
/// </summary>
public static class Certificates
{
    /// <summary>Done, with the next change; waits until there are certificates.</summary>
    public static StepResult Run(ObservedCluster observed)
    {
        if (observed.Cluster.Spec.Tls is not { IsOperators: true })
        {
            return StepResult.Go();
        }

        try
        {
            (Authority? authority, IssuedCertificate? issued) = Read(observed);
            if (authority?.Signing is { } signing && signing.Facts.NotAfter <= observed.Now)
            {
                // No node believes another one, or the operator: there is nothing that could be replaced step by step.
                return StepResult.Fail($"the CA has expired: delete Secrets {observed.Names.Authority} and {observed.Names.Certificates}, and nodes get new ones");
            }

            ClusterAction[] next = CertificatePlan.Next(observed, authority, issued) is { } change ? [change] : [];
            return authority is null || issued is null ? StepResult.WaitFor("certificates are made", next) : StepResult.Go(next);
        }
        catch (FormatException)
        {
            // The last step says it, and nodes go on with the certificates that they have.
            return StepResult.Go();
        }
    }

    /// <summary>What the Secrets hold.</summary>
    /// <exception cref="FormatException">That of the CA holds something else.</exception>
    internal static (Authority? Authority, IssuedCertificate? Issued) Read(ObservedCluster observed) => (
        observed.Objects.TryGetValue(new ObjectName("Secret", observed.Names.Authority), out var authority) ? Authority.Read(authority) : null,
        IssuedCertificate.Read(observed.Objects.GetValueOrDefault(new ObjectName("Secret", observed.Names.Certificates))));
}
