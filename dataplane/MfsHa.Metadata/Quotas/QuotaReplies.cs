using MemoryPack;
using MfsHa.Metadata.Operations;

namespace MfsHa.Metadata.Quotas;

/// <summary>Answer to QUOTACONTROL.</summary>
/// <param name="Quota">The quota; <see cref="QuotaRecord.None"/> without one.</param>
/// <param name="GraceSeconds">Grace period in force; 0 without a quota.</param>
/// <param name="IsDefaultGrace">True when that is the default.</param>
/// <param name="Usage">Usage of the directory.</param>
[MemoryPackable]
public sealed partial record QuotaReply(QuotaRecord Quota, uint GraceSeconds, bool IsDefaultGrace, QuotaAmounts Usage) : Reply;

/// <summary>A page of quotas, ascending by inode.</summary>
/// <param name="Quotas">The quotas.</param>
/// <param name="LastInode">Give this as the next page's <see cref="ListQuotas.AfterInode"/>; 0 at the end.</param>
[MemoryPackable]
public sealed partial record QuotasReply(ListedQuota[] Quotas, uint LastInode) : Reply;

/// <summary>A quota as QUOTA_INFO shows it.</summary>
/// <param name="Inode">The directory.</param>
/// <param name="Path">Its path from the root, with leading slash.</param>
/// <param name="Quota">The quota.</param>
/// <param name="GraceSeconds">Grace period in force.</param>
/// <param name="SecondsToBlock">Until soft limits act as hard ones: 0xFFFFFFFF = none is exceeded, 0 = they do.</param>
/// <param name="Usage">Usage of the directory.</param>
[MemoryPackable]
public sealed partial record ListedQuota(uint Inode, byte[] Path, QuotaRecord Quota, uint GraceSeconds, uint SecondsToBlock, QuotaAmounts Usage);
