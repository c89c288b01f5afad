namespace MfsHa.Operator.Backups;

/// <summary>
/// What Jobs do to make a backup, for /bin/sh; values come as variables: ROOM the volume, FILE the backup (a path on it, or a key below STORE), NODES whom to ask, REPORT where to say what was made, FOLDER, PREFIX, KEEP and
/// KEEP_DAYS what is pruned. Each may be killed anywhere and run again: what has a backup's name is whole, and is verified anyhow.
/// </summary>
public static class BackupScripts
{
    private const string Begin = """
        set -eu
        begin=$(date +%s)

        """;

    /// <summary>The name of a backup by the clock.</summary>
    private const string NameByClock = """
        FILE=$FOLDER/$PREFIX$(date -u +%Y%m%dT%H%M%SZ).mfs

        """;

    private const string Make = """
        mkdir -p "${FILE%/*}"
        [ -e "$FILE" ] || mfsha-backup --output="$FILE" --host="$NODES" --timeout=3600
        mfsha-admin verify-restore --backup="$FILE"
        size=$(stat -c %s "$FILE")
        name=${FILE#"$ROOM/"}

        """;

    // Exit code 2: the store has no such backup. One that a former attempt has brought there is the one.
    private const string MakeInStore = """
        local=$ROOM/backup.mfs
        code=0
        mfsha-admin fetch-backup --from="$STORE/$FILE" --output="$local" || code=$?
        if [ $code -eq 2 ]; then
          mfsha-backup --output="$local" --host="$NODES" --timeout=3600
          mfsha-admin push-backup --backup="$local" --to="$STORE/$FILE"
        elif [ $code -ne 0 ]; then
          exit $code
        fi
        size=$(stat -c %s "$local")
        name=$FILE

        """;

    private const string Prune = """
        mfsha-admin prune-backups --directory="${STORE:+$STORE/}$FOLDER" --prefix="$PREFIX" --keep="$KEEP" --keep-days="$KEEP_DAYS"

        """;

    private const string Report = """
        printf '{"file":"%s","sizeBytes":%s,"durationSeconds":%s}' "$name" "$size" "$(($(date +%s) - begin))" >"$REPORT"

        """;

    /// <summary>One backup, on a volume.</summary>
    public const string Once = Begin + Make + Report;

    /// <summary>One backup, in an object store.</summary>
    public const string OnceInStore = Begin + MakeInStore + Report;

    /// <summary>One of a schedule, on a volume.</summary>
    public const string Scheduled = Begin + NameByClock + Make + Prune + Report;

    /// <summary>One of a schedule, in an object store.</summary>
    public const string ScheduledInStore = Begin + NameByClock + MakeInStore + Prune + Report;
}
