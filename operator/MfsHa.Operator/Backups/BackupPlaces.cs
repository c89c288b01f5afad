using k8s.Models;
using MfsHa.Operator.Entities;

namespace MfsHa.Operator.Backups;

/// <summary>
/// Where backups are, as a Job's container sees it: on a volume, or in an object store. Of the latter a backup is brought to an empty volume first (<see cref="Fetch"/>); mfsha-admin reads who the store is, and its keys,
/// from variables.
/// </summary>
public static class BackupPlaces
{
    /// <summary>Root of the volume in the container.</summary>
    public const string Mount = "/backup";

    /// <summary>Variable: what keys of the store begin with, as mfsha-admin takes it.</summary>
    public const string Store = "STORE";

    private const string FetchedFile = "fetched.mfs";

    // What was fetched whole has its name; a pod that is started again begins with an empty volume.
    private const string FetchScript = """
        [ -e "$FETCHED" ] || mfsha-admin fetch-backup --from="$STORE/$KEY" --output="$FETCHED"

        """;

    /// <summary>What is wrong with a target, by its field; null: nothing.</summary>
    public static string? FlawOf(string field, BackupTarget target) => FlawOf(field, target.ClaimName, target.S3);

    /// <summary>What is wrong with a file, by its field; null: nothing.</summary>
    public static string? FlawOf(string field, BackupFile file) => FlawOf(field, file.ClaimName, file.S3)
        ?? (file.Path.StartsWith('/') || file.Path.Split('/').Contains("..") ? $"{field}.path: a path below the root of the volume expected, found {file.Path}" : null);

    /// <summary>The volume of a target: the claim, or room for what is on its way.</summary>
    public static V1Volume Volume(BackupTarget target) => Volume("target", target.ClaimName);

    /// <summary>The volume of a file: the claim, or room for what is fetched.</summary>
    public static V1Volume Volume(BackupFile file) => Volume("source", file.ClaimName);

    /// <summary>Where a file is when <see cref="Fetch"/> has run.</summary>
    public static string PathOf(BackupFile file) => file.S3 is null ? $"{Mount}/{file.Path}" : $"{Mount}/{FetchedFile}";

    /// <summary>Shell lines that bring a file to where it is read; none for one that is on a volume.</summary>
    public static string Fetch(BackupFile? file) => file?.S3 is null ? "" : FetchScript;

    /// <summary>Variables of those lines, and of mfsha-admin.</summary>
    public static IEnumerable<V1EnvVar> Environment(BackupFile file) => file.S3 is not { } store
        ? []
        : [.. Environment(store), new V1EnvVar { Name = "KEY", Value = file.Path }, new V1EnvVar { Name = "FETCHED", Value = PathOf(file) }];

    /// <summary>Variables that say which store, with its keys; none without one.</summary>
    public static IEnumerable<V1EnvVar> Environment(ObjectStoreSpec? store) => store is null
        ? []
        :
        [
            new V1EnvVar { Name = Store, Value = $"s3://{store.Bucket}{(store.Prefix is null ? "" : "/" + store.Prefix)}" },
            .. Variable("MFSHA_S3_ENDPOINT", store.Endpoint),
            .. Variable("MFSHA_S3_REGION", store.Region),
            Secret(store, "AWS_ACCESS_KEY_ID", isOptional: null),
            Secret(store, "AWS_SECRET_ACCESS_KEY", isOptional: null),
            Secret(store, "AWS_SESSION_TOKEN", isOptional: true),
        ];

    private static string? FlawOf(string field, string? claim, ObjectStoreSpec? store) => claim is null == store is null ? $"{field}: one of claimName and s3 expected" : null;

    // An API server leaves out empty values: they would never be as wanted.
    private static IEnumerable<V1EnvVar> Variable(string name, string? value) => value is null ? [] : [new V1EnvVar { Name = name, Value = value }];

    private static V1Volume Volume(string name, string? claim) => claim is null ? new V1Volume { Name = name, EmptyDir = new V1EmptyDirVolumeSource() } : BackupJobRenderer.Claim(name, claim);

    private static V1EnvVar Secret(ObjectStoreSpec store, string key, bool? isOptional) => new()
    {
        Name = key,
        ValueFrom = new V1EnvVarSource { SecretKeyRef = new V1SecretKeySelector { Name = store.CredentialsSecret, Key = key, Optional = isOptional } },
    };
}
