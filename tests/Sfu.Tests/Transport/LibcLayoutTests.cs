using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Spaces.Sfu.Transport.Interop;

namespace Spaces.Sfu.Tests.Transport;

/// <summary>The structs of 64-bit Linux, as <c>bits/socket.h</c> and <c>sys/epoll.h</c> lay them out.</summary>
[TestFixture]
internal sealed class LibcLayoutTests
{
    [Test]
    public void The_structs_have_the_sizes_of_C()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Unsafe.SizeOf<Libc.IoVector>(), Is.EqualTo(16));
            Assert.That(Unsafe.SizeOf<Libc.MessageHeader>(), Is.EqualTo(56));
            Assert.That(Unsafe.SizeOf<Libc.Message>(), Is.EqualTo(64));
            Assert.That(Unsafe.SizeOf<Libc.PollRequest>(), Is.EqualTo(8));
            Assert.That(
                EpollEvents.EventLength,
                Is.EqualTo(RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16)
            );
        });
    }

    [TestCase(nameof(Libc.MessageHeader.Name), 0)]
    [TestCase(nameof(Libc.MessageHeader.NameLength), 8)]
    [TestCase(nameof(Libc.MessageHeader.Vectors), 16)]
    [TestCase(nameof(Libc.MessageHeader.VectorCount), 24)]
    [TestCase(nameof(Libc.MessageHeader.Control), 32)]
    [TestCase(nameof(Libc.MessageHeader.ControlLength), 40)]
    [TestCase(nameof(Libc.MessageHeader.Flags), 48)]
    public void The_fields_of_msghdr_lie_where_C_has_them(string field, int offset) =>
        Assert.That((int)Marshal.OffsetOf<Libc.MessageHeader>(field), Is.EqualTo(offset));

    [Test]
    public void The_length_of_mmsghdr_follows_the_padding_of_msghdr() =>
        Assert.That((int)Marshal.OffsetOf<Libc.Message>(nameof(Libc.Message.Length)), Is.EqualTo(56));
}
