using System.Buffers;
using System.Text;
using MfsHa.Node.Admin;

namespace MfsHa.Node.Tests.Admin;

public sealed class Http2BoundaryTests
{
    private static readonly byte[] _stream =
    [
        .. Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        0, 0, 0, 4, 0, 0, 0, 0, 0,
        0, 1, 2, 0, 1, 0, 0, 0, 1, .. new byte[258],
        0, 0, 1, 0, 1, 0, 0, 0, 1, 0xFF,
    ];

    private static readonly int[] _boundaries = [24, 33, 300, 310];

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(1000)]
    public void Lies_behind_the_preface_and_behind_each_frame(int pieceLength)
    {
        for (int length = 0; length <= _stream.Length; length++)
        {
            var boundary = new Http2Boundary();
            foreach (byte[] piece in _stream[..length].Chunk(pieceLength))
            {
                boundary.Pass(new ReadOnlySequence<byte>(piece));
            }

            Assert.Equal(!_boundaries.Contains(length), boundary.IsInside);
        }
    }
}
