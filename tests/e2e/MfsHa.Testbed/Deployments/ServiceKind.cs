namespace MfsHa.Testbed.Deployments;

/// <summary>Who answers as mfsmaster.</summary>
public enum ServiceKind
{
    MfsHa,
    MfsMaster3,
    MfsMaster4,
}
