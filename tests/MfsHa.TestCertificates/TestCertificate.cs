namespace MfsHa.TestCertificates;

/// <summary>A certificate and its private key in PEM.</summary>
public sealed record TestCertificate(string Pem, string KeyPem);
