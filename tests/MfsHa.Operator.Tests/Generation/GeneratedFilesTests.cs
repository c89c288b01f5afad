using k8s;
using k8s.Models;
using MfsHa.Operator.Entities;
using MfsHa.Operator.Generate;
using MfsHa.Operator.Sdk.Generation;
using Xunit;

namespace MfsHa.Operator.Tests.Generation;

public sealed class GeneratedFilesTests
{
    public static TheoryData<string> Files => [.. GeneratedFiles.All.Keys];

    [Theory]
    [MemberData(nameof(Files))]
    public void Files_in_the_repository_are_those_of_the_types(string file)
    {
        string path = Path.Combine(Repository.Root, file);
        Assert.True(File.Exists(path), $"{file} is missing: run operator/MfsHa.Operator.Generate");
        Assert.Equal(GeneratedFiles.All[file], File.ReadAllText(path));
    }

    [Fact]
    public void Every_field_has_a_description_and_every_default_is_that_of_the_type()
    {
        V1JSONSchemaProps spec = CrdGenerator.Of(typeof(V1MfsHaCluster)).Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"];
        Check("spec", spec);
        var empty = new MfsHaClusterSpec();
        Assert.Equal(empty.Replicas, spec.Properties["replicas"].DefaultProperty);
        Assert.Equal(empty.Shards, spec.Properties["shards"].DefaultProperty);
        Assert.Equal(empty.DeletionPolicy, spec.Properties["deletionPolicy"].DefaultProperty);
        Assert.Equal(empty.Storage.Size, spec.Properties["storage"].Properties["size"].DefaultProperty);
        Assert.Equal(empty.Storage.RetentionPolicy, spec.Properties["storage"].Properties["retentionPolicy"].DefaultProperty);

        static void Check(string path, V1JSONSchemaProps schema)
        {
            foreach ((string name, V1JSONSchemaProps field) in schema.Properties ?? new Dictionary<string, V1JSONSchemaProps>())
            {
                Assert.False(string.IsNullOrEmpty(field.Description), $"{path}.{name} has no description");
                Check($"{path}.{name}", field);
            }
        }
    }

    [Theory]
    [InlineData(typeof(V1MfsHaBackup))]
    [InlineData(typeof(V1MfsHaScheduledBackup))]
    [InlineData(typeof(V1MfsHaRestore))]
    [InlineData(typeof(V1MfsHaOperation))]
    public void Samples_are_accepted(Type kind)
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root, $"config/samples/{kind.Name[2..].ToLowerInvariant()}.yaml"));
        object sample = typeof(KubernetesYaml).GetMethods().First(static m => m is { Name: "Deserialize", IsGenericMethod: true } && m.GetParameters()[0].ParameterType == typeof(string))
            .MakeGenericMethod(kind).Invoke(null, [text, true])!;
        Assert.Equal("mfsmaster", ((dynamic)sample).Spec.Cluster);
    }

    [Fact]
    public void The_sample_of_a_backup_in_an_object_store_is_accepted()
    {
        V1MfsHaBackup sample = KubernetesYaml.Deserialize<V1MfsHaBackup>(File.ReadAllText(Path.Combine(Repository.Root, "config/samples/mfshabackup-s3.yaml")), strict: true);
        Assert.Null(Operator.Backups.BackupPlaces.FlawOf("spec.target", sample.Spec.Target));
        Assert.Equal("backups", sample.Spec.Target.S3!.Bucket);
    }

    [Fact]
    public void The_sample_with_certificates_of_the_operator_is_accepted()
    {
        V1MfsHaCluster sample = KubernetesYaml.Deserialize<V1MfsHaCluster>(File.ReadAllText(Path.Combine(Repository.Root, "config/samples/mfshacluster-tls-operator.yaml")), strict: true);
        Assert.True(sample.Spec.Tls!.IsOperators);
        Assert.Equal((new TlsSpec().CertificateDays, new TlsSpec().AuthorityDays), (sample.Spec.Tls.CertificateDays, sample.Spec.Tls.AuthorityDays));
    }

    [Fact]
    public void The_values_of_the_chart_are_a_specification_and_its_schema_knows_all_fields()
    {
        string chart = Path.Combine(Repository.Root, "helm/mfsha-cluster");
        dynamic values = KubernetesYaml.Deserialize<Dictionary<string, object>>(File.ReadAllText(Path.Combine(chart, "values.yaml")));
        V1MfsHaCluster cluster = KubernetesYaml.Deserialize<V1MfsHaCluster>(KubernetesYaml.Serialize(new Dictionary<string, object> { ["spec"] = values["spec"] }), strict: true);
        Assert.Equal(new MfsHaClusterSpec().Replicas, cluster.Spec.Replicas);
        var schema = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Path.Combine(chart, "values.schema.json")))!;
        Assert.Equal(
            CrdGenerator.Of(typeof(V1MfsHaCluster)).Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"].Properties.Keys.Order(StringComparer.Ordinal),
            schema["properties"]!["spec"]!["properties"]!.AsObject().Select(static p => p.Key).Order(StringComparer.Ordinal));
        Assert.False((bool)schema["properties"]!["spec"]!["properties"]!["tls"]!["additionalProperties"]!);
    }

    [Fact]
    public void The_sample_is_a_cluster_that_is_accepted()
    {
        V1MfsHaCluster sample = KubernetesYaml.Deserialize<V1MfsHaCluster>(File.ReadAllText(Path.Combine(Repository.Root, "config/samples/mfshacluster.yaml")), strict: true);
        Assert.Equal("mfsmaster", sample.Metadata.Name);
        Assert.Equal(3, sample.Spec.Replicas);
        Assert.Equal("10Gi", sample.Spec.Storage.Size);
    }
}
