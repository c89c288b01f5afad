using MfsHa.Metadata.StorageClasses;
using MfsHa.MetadataFile.Frame;

namespace MfsHa.MetadataFile.Sections;

/// <summary>What a storage class must be to be believed.</summary>
internal static class ClassCheck
{
    public static void Check(FileParser file, ushort id, byte labelsMode, IEnumerable<int> counts)
    {
        if (id > StorageClassRecord.MaxId)
        {
            throw file.Damaged($"storage class id {id}; 1..{StorageClassRecord.MaxId} was expected");
        }

        if (labelsMode > (byte)LabelsMode.Strict && labelsMode != (byte)LabelsMode.OfClass)
        {
            throw file.Damaged($"storage class {id} has labels mode {labelsMode}");
        }

        if (counts.FirstOrDefault(static c => c > StorageMode.MaxLabels) is not 0 and var tooMany)
        {
            throw file.Damaged($"storage class {id} has {tooMany} labels in a mode; at most {StorageMode.MaxLabels} were expected");
        }
    }
}
