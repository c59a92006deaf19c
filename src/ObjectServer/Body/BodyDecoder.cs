using System.Buffers;
using System.Globalization;
using ObjectServer.Errors;

namespace ObjectServer.Body;

/// <summary>Takes the content out of what arrives on the wire, slice by slice, without copying it.</summary>
internal abstract class BodyDecoder : IDisposable
{
    /// <summary>Gives the next slice of content and moves <paramref name="wire"/> behind it.</summary>
    /// <param name="wire">What arrived and was not taken yet; bytes that must be seen whole are left in it.</param>
    /// <param name="slice">Content; it lies in the wire's memory and is good for as long as that is.</param>
    /// <returns>False where nothing more can be had of these bytes.</returns>
    /// <exception cref="S3Exception">The wire does not follow its format, or a signature is wrong.</exception>
    public abstract bool TryRead(ref ReadOnlySequence<byte> wire, out ReadOnlyMemory<byte> slice);

    /// <summary>Says that no more bytes will come.</summary>
    /// <exception cref="S3Exception">IncompleteBody: more should have come.</exception>
    public abstract void Finish();

    public abstract void Dispose();

    /// <summary>Cuts up to <paramref name="limit"/> adjacent bytes off the front of a wire that has some.</summary>
    protected static ReadOnlyMemory<byte> Cut(ref ReadOnlySequence<byte> wire, long limit)
    {
        var position = wire.Start;
        var slice = ReadOnlyMemory<byte>.Empty;
        while (slice.IsEmpty && wire.TryGet(ref position, out slice))
        {
        }

        if (slice.Length > limit)
        {
            slice = slice[..(int)limit];
        }

        wire = wire.Slice(slice.Length);
        return slice;
    }

    /// <summary>The refusal of content that is shorter or longer than the client said.</summary>
    protected static S3Exception WrongLength(long expected, long provided) => new(S3Errors.IncompleteBody
        .With("NumberBytesExpected", expected.ToString(CultureInfo.InvariantCulture))
        .With("NumberBytesProvided", provided.ToString(CultureInfo.InvariantCulture)));
}
