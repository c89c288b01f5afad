namespace MfsHa.EndToEnd.Tests.Differential;

/// <summary>Which of a service's clients an operation goes through.</summary>
internal enum Client
{
    First,
    Second,
}
