using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ObjectServer.Storage.Index.Rocks;

/// <summary>
/// A native library that a program of one file carries as a resource: loaded out of memory, so that such a program needs
/// no directory that it may write to and run code from. Linux only; elsewhere the runtime's host unpacks libraries.
/// </summary>
/// <remarks>https://man7.org/linux/man-pages/man2/memfd_create.2.html</remarks>
internal static partial class CarriedLibrary
{
    private const uint CloseOnExec = 1;

    /// <summary>Says that the file is for running; kernels before 6.3 do not know the flag.</summary>
    private const uint Executable = 0x10;

    /// <summary>Loads a library.</summary>
    /// <param name="resource">The resource's name in the program's assembly.</param>
    /// <param name="library">The library's handle.</param>
    /// <returns>False: the program carries none, or this is not Linux.</returns>
    /// <exception cref="IOException">There is no memory for it.</exception>
    /// <exception cref="DllNotFoundException">It is not for this machine.</exception>
    public static bool TryLoad(string resource, out IntPtr library)
    {
        library = IntPtr.Zero;
        if (!OperatingSystem.IsLinux()
            || Assembly.GetEntryAssembly()?.GetManifestResourceStream(resource) is not { } content)
        {
            return false;
        }

        using (content)
        {
            using var memory = CreateMemoryFile(resource);
            using (var file = new FileStream(memory, FileAccess.Write, bufferSize: 0))
            {
                content.CopyTo(file);
                library = NativeLibrary.Load($"/proc/self/fd/{memory.DangerousGetHandle()}");
            }
        }

        return true;
    }

    private static SafeFileHandle CreateMemoryFile(string name)
    {
        var descriptor = Create(name, CloseOnExec | Executable);
        if (descriptor < 0)
        {
            descriptor = Create(name, CloseOnExec);
        }

        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new IOException(
                $"Cannot load {name}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Create(string name, uint flags);
}
