using System.Globalization;
using k8s;
using k8s.Models;
using MfsHa.Operator.Cluster.Tls;
using MfsHa.Operator.Sdk.Entities;

namespace MfsHa.Operator.Cluster.Actions;

/// <summary>Something that a step wants done; its text is what <c>status.plan</c> and the log say.</summary>
public abstract record ClusterAction
{
    private ClusterAction()
    {
    }

    /// <summary>An object has to be as described.</summary>
    public sealed record Apply(ApiResource Resource, IKubernetesObject<V1ObjectMeta> Entity) : ClusterAction
    {
        /// <inheritdoc/>
        public override string ToString() => $"apply {Resource.Kind} {Entity.Metadata.Name}";
    }

    /// <summary>A secret with a new token has to be made, if there is none.</summary>
    public sealed record CreateToken(V1Secret Secret) : ClusterAction
    {
        /// <inheritdoc/>
        public override string ToString() => $"create Secret {Secret.Metadata.Name} with a new token";
    }

    /// <summary>A Secret with a new CA has to be made, if there is none.</summary>
    /// <param name="Secret">The Secret without its content.</param>
    /// <param name="Order">The CA.</param>
    /// <param name="Former">CAs that nodes trust already, of keys that are lost: the new one may sign only when it is trusted, too. Null: there are no nodes yet.</param>
    public sealed record CreateAuthority(V1Secret Secret, CertificateOrder Order, string? Former) : ClusterAction
    {
        /// <inheritdoc/>
        public override string ToString() => $"create Secret {Secret.Metadata.Name} with a new CA";
    }

    /// <summary>A next CA has to be made.</summary>
    /// <param name="Name">The Secret.</param>
    /// <param name="Version">The version of it that this is about.</param>
    /// <param name="Order">The CA.</param>
    /// <param name="Mark">The wish that this fulfils; null: its time has come.</param>
    public sealed record AddAuthority(string Name, string Version, CertificateOrder Order, string? Mark) : ClusterAction
    {
        /// <inheritdoc/>
        public override string ToString() => $"make a next CA in Secret {Name}";
    }

    /// <summary>Texts of a Secret have to change.</summary>
    /// <param name="Name">The Secret.</param>
    /// <param name="Version">The version of it that this is about.</param>
    /// <param name="Texts">Contents by key; null: the key goes.</param>
    /// <param name="What">In words.</param>
    public sealed record ChangeSecret(string Name, string Version, IReadOnlyDictionary<string, string?> Texts, string What) : ClusterAction
    {
        /// <inheritdoc/>
        public override string ToString() => What;
    }

    /// <summary>Nodes have to get a new certificate.</summary>
    /// <param name="Secret">The Secret without its content.</param>
    /// <param name="Version">The version of it that this is about; null: there is none.</param>
    /// <param name="Order">The certificate.</param>
    /// <param name="Signer">The CA that issues it.</param>
    /// <param name="Authorities">The CAs that they are to trust.</param>
    public sealed record IssueCertificate(V1Secret Secret, string? Version, CertificateOrder Order, KeyedCertificate Signer, string Authorities) : ClusterAction
    {
        /// <inheritdoc/>
        public override string ToString() => $"issue a certificate into Secret {Secret.Metadata.Name}";
    }

    /// <summary>The CA has to be replaced by another one.</summary>
    public sealed record RotateAuthority(string Mark) : ClusterAction
    {
        /// <inheritdoc/>
        public override string ToString() => "replace the CA";
    }

    /// <summary>A pod has to be made anew, or to go.</summary>
    public sealed record DeletePod(string Name, string Uid, string Why) : ClusterAction
    {
        /// <inheritdoc/>
        public override string ToString() => $"delete pod {Name}: {Why}";
    }

    /// <summary>A service of one node is not wanted any more.</summary>
    public sealed record DeleteService(string Name, string Uid, string Why) : ClusterAction
    {
        /// <inheritdoc/>
        public override string ToString() => $"delete service {Name}: {Why}";
    }

    /// <summary>A volume is not needed any more.</summary>
    public sealed record DeleteClaim(string Name, string Uid, string Why) : ClusterAction
    {
        /// <inheritdoc/>
        public override string ToString() => $"delete claim {Name}: {Why}";
    }

    /// <summary>A volume has to become larger.</summary>
    public sealed record GrowClaim(string Name, string Size) : ClusterAction
    {
        /// <inheritdoc/>
        public override string ToString() => $"grow claim {Name} to {Size}";
    }

    /// <summary>A stateful set has to go without its pods, to be made anew.</summary>
    public sealed record OrphanStatefulSet(string Name, string Uid) : ClusterAction
    {
        /// <inheritdoc/>
        public override string ToString() => $"delete stateful set {Name} without its pods";
    }

    /// <summary>A node has to give its leaderships away.</summary>
    public sealed record MoveLeaders(int Node) : ClusterAction
    {
        /// <inheritdoc/>
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"move leaders away from node {Node}");
    }

    /// <summary>A node has to become a member.</summary>
    public sealed record AddNode(int Node, string Host, int Port) : ClusterAction
    {
        /// <inheritdoc/>
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"add node {Node}");
    }

    /// <summary>A node with an empty volume has to take the place of the one of that number, whose volume is lost.</summary>
    public sealed record ReplaceNode(int Node, string Host, int Port) : ClusterAction
    {
        /// <inheritdoc/>
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"replace node {Node}: its volume is lost");
    }

    /// <summary>A node has to be a member no more.</summary>
    public sealed record RemoveNode(int Node, string Why) : ClusterAction
    {
        /// <inheritdoc/>
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"remove node {Node}: {Why}");
    }

    /// <summary>A majority is lost for good: the cluster has to go on with these nodes.</summary>
    /// <param name="Nodes">The nodes.</param>
    /// <param name="Hosts">Where they are: one of them has to be asked.</param>
    public sealed record ForceQuorum(IReadOnlyList<int> Nodes, IReadOnlyList<string> Hosts) : ClusterAction
    {
        /// <inheritdoc/>
        public override string ToString() => $"go on with nodes {string.Join(", ", Nodes)} alone";
    }

    /// <summary>After a restore copies of chunks may be deleted again.</summary>
    public sealed record ReleaseDeletions : ClusterAction
    {
        /// <inheritdoc/>
        public override string ToString() => "let chunks be deleted again";
    }

    /// <summary>All pods have to start again, one after the other.</summary>
    public sealed record RestartAll(string Mark) : ClusterAction
    {
        /// <inheritdoc/>
        public override string ToString() => "start all nodes again, one after the other";
    }

    /// <summary>A key has to have a value on all nodes while they run; null: none but that of their files.</summary>
    public sealed record SetOption(string Key, string? Value) : ClusterAction
    {
        /// <inheritdoc/>
        public override string ToString() => Value is null ? $"unset {Key}" : $"set {Key} = {Value}";
    }
}
