using System.Reflection;
using System.Runtime.CompilerServices;
using MemoryPack;

namespace MfsHa.Node.Hosting;

/// <summary>
/// Registers the serializers of all our messages before any thread uses one. MemoryPack registers a type at its first use and marks it as registered
/// a moment before its formatter is there (<c>MemoryPackFormatterProvider.Register</c>): two threads that use a type for the first time at
/// once can so meet a null formatter, a NullReferenceException deep inside MemoryPack.
/// </summary>
internal static class SerializerWarmUp
{
    private const string OwnAssemblies = "MfsHa.";

    public static void Run()
    {
        var seen = new HashSet<string>();
        var waiting = new Queue<Assembly>([typeof(SerializerWarmUp).Assembly]);
        while (waiting.TryDequeue(out Assembly? assembly))
        {
            foreach (Type type in assembly.GetTypes().Where(IsMessage))
            {
                RuntimeHelpers.RunClassConstructor(type.TypeHandle);
            }

            foreach (AssemblyName name in assembly.GetReferencedAssemblies())
            {
                if (name.Name!.StartsWith(OwnAssemblies, StringComparison.Ordinal) && seen.Add(name.Name))
                {
                    waiting.Enqueue(Assembly.Load(name));
                }
            }
        }
    }

    private static bool IsMessage(Type type) => !type.ContainsGenericParameters && type.IsAssignableTo(typeof(IMemoryPackFormatterRegister));
}
