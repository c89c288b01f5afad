using MfsHa.Testbed.Deployments;

namespace MfsHa.EndToEnd.Tests.Fixtures;

/// <summary>Names a deployment as a type, so that xunit can make one fixture of each.</summary>
public interface IPlan
{
    static abstract DeploymentPlan Plan { get; }
}
