namespace MfsHa.Operator.Restores;

/// <summary>
/// What Jobs do on a node's volume, for /bin/sh; values come as variables: DATA the volume, FORMER the directory that keeps what there was. Each may be killed anywhere and run again: a rename is done or not, and
/// what is whole is marked. Nothing that a node has ever run on is deleted.
/// </summary>
public static class RestoreScripts
{
    /// <summary>Everything in $DATA but what restores keep there, one by one, for a loop.</summary>
    private const string Begin = """
        set -eu
        cd "$DATA"
        each() { # each COMMAND: for everything in the directory that is a node's
          for file in * .[!.]*; do
            case "$file" in former-*|replaced-*|lost+found) continue ;; esac
            if [ -e "$file" ] || [ -L "$file" ]; then "$@" "$file"; fi
          done
        }
        into() { mv -- "$2" "$1/"; }
        forget() { rm -rf -- "$1"; }
        back() { # back DIRECTORY: what it keeps, to its place
          for file in "$1"/* "$1"/.[!.]*; do
            case "${file##*/}" in .whole|.filled|.back) continue ;; esac
            if [ -e "$file" ] || [ -L "$file" ]; then mv -- "$file" .; fi
          done
        }

        """;

    private const string SetAside = """
        if [ ! -e "$FORMER/.whole" ]; then
          mkdir -p "$FORMER"
          each into "$FORMER"
          sync
          touch "$FORMER/.whole"
          sync
        fi

        """;

    /// <summary>The backup BACKUP is of the cluster with the identity METADATA_ID, and whole.</summary>
    public const string Check = """
        set -eu
        said=$(mfsha-admin verify-restore --backup="$BACKUP" 2>&1) || { echo "$said"; exit 1; }
        echo "$said"
        case "$said" in
          *"metaid $METADATA_ID,"*) ;;
          *) echo "the backup is of another file system: metaid $METADATA_ID expected"; exit 1 ;;
        esac
        """;

    /// <summary>A node's data are set aside.</summary>
    public const string Aside = Begin + SetAside;

    /// <summary>The first node's data are set aside, and its volume is filled from BACKUP. What an attempt that was killed has left is deleted: no node has run on it.</summary>
    public const string Fill = Begin + SetAside + """
        if [ ! -e "$FORMER/.filled" ]; then
          each forget
          mfsha -c "$CONFIG" --restore-cluster --node-id=1 --backup="$BACKUP"
          sync
          touch "$FORMER/.filled"
        fi
        """;

    /// <summary>A node's data are set aside, and those of SOURCE, which an earlier restore has kept, are put back.</summary>
    public const string PutBack = Begin + """
        if [ ! -e "$FORMER/.back" ]; then
          if [ ! -e "$SOURCE/.whole" ]; then echo "there is no whole $SOURCE on this volume"; exit 1; fi

        """ + SetAside + """
          back "$SOURCE"
          sync
          touch "$FORMER/.back"
          rm -f "$SOURCE/.whole" "$SOURCE/.filled" "$SOURCE/.back"
          rmdir "$SOURCE"
        fi
        """;

    /// <summary>
    /// What the other scripts have done is undone. What had come into the place of the data goes to REPLACED, and is kept. The mark is taken off before the first piece is put back: from then on what lies in
    /// the place is the former data again.
    /// </summary>
    public const string Revert = Begin + """
        if [ -e "$FORMER/.whole" ]; then
          mkdir -p "$REPLACED"
          each into "$REPLACED"
          sync
          rm -f "$FORMER/.filled" "$FORMER/.back"
          rm -f "$FORMER/.whole"
          sync
        fi
        if [ -d "$FORMER" ]; then
          back "$FORMER"
          sync
          rmdir "$FORMER"
        fi
        """;
}
