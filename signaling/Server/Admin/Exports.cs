using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Spaces.Signaling.Domain.Capabilities;
using Spaces.Signaling.Server.Accounts;
using Spaces.Signaling.Server.Rpc;

namespace Spaces.Signaling.Server.Admin;

/// <summary>Writes what was kept as files, in pieces, however much it is.</summary>
internal sealed class Exports(FeedbackBox feedback, AuditLog audit)
{
    private const int PieceLength = 32 * 1024;
    private const int PageSize = 100;

    /// <param name="request">What of it.</param>
    /// <param name="write">Takes a piece of whole lines.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="RpcException">The request is wrong.</exception>
    public async Task FeedbackAsync(
        V1.ExportFeedbackRequest request,
        Func<ByteString, Task> write,
        CancellationToken cancellationToken
    )
    {
        var file = new ExportFile(
            ReadFormat(request.Format),
            "id",
            "at",
            "capability",
            "stage",
            "rating",
            "identity",
            "text"
        );
        using var pieces = new Pieces(write);
        await pieces.AddAsync(file.Head());
        foreach (var capability in Enum.GetValues<Capability>().Where(each => IsWanted(each, request.Capability)))
        {
            await foreach (var given in feedback.ReadAllAsync(capability, cancellationToken))
            {
                var content = given.Content;
                if (request.Stage.Length == 0 || request.Stage == content.Stage)
                {
                    await pieces.AddAsync(
                        file.Row(
                            given.Id,
                            Format(content.At),
                            CapabilityText.NameOf(capability),
                            content.Stage,
                            content.Rating.ToString(CultureInfo.InvariantCulture),
                            content.Identity,
                            content.Text
                        )
                    );
                }
            }
        }

        await pieces.FlushAsync();
    }

    /// <inheritdoc cref="FeedbackAsync"/>
    public async Task AuditAsync(
        V1.ExportAuditRequest request,
        Func<ByteString, Task> write,
        CancellationToken cancellationToken
    )
    {
        var file = new ExportFile(ReadFormat(request.Format), "id", "at", "actor", "action", "target", "details");
        using var pieces = new Pieces(write);
        await pieces.AddAsync(file.Head());
        string? after = null;
        while (await audit.ListAsync(after, PageSize, cancellationToken) is { IsEmpty: false } page)
        {
            foreach (var entry in page)
            {
                await pieces.AddAsync(
                    file.Row(entry.Id, Format(entry.At), entry.Actor, entry.Action, entry.Target, entry.Details)
                );
            }

            after = page[^1].Id;
        }

        await pieces.FlushAsync();
    }

    private static bool IsWanted(Capability capability, V1.Capability asked) =>
        asked == V1.Capability.Unspecified || CapabilityMessages.Of(capability) == asked;

    private static ExportFileFormat ReadFormat(V1.ExportFormat format) =>
        format switch
        {
            V1.ExportFormat.Unspecified or V1.ExportFormat.Ndjson => ExportFileFormat.Ndjson,
            V1.ExportFormat.Csv => ExportFileFormat.Csv,
            _ => throw Callers.Error(
                StatusCode.InvalidArgument,
                "format is unknown. Give EXPORT_FORMAT_NDJSON or EXPORT_FORMAT_CSV."
            ),
        };

    private static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>Gathers lines until they are worth a message.</summary>
    private sealed class Pieces(Func<ByteString, Task> write) : IDisposable
    {
        private readonly MemoryStream _gathered = new();

        public async Task AddAsync(byte[] line)
        {
            _gathered.Write(line);
            if (_gathered.Length >= PieceLength)
            {
                await FlushAsync();
            }
        }

        public async Task FlushAsync()
        {
            if (_gathered.Length > 0)
            {
                await write(ByteString.CopyFrom(_gathered.GetBuffer().AsSpan(0, (int)_gathered.Length)));
                _gathered.SetLength(0);
            }
        }

        public void Dispose() => _gathered.Dispose();
    }
}
