using Google.Protobuf.WellKnownTypes;
using Spaces.Signaling.Domain.Safety;

namespace Spaces.Signaling.Server.Safety;

/// <summary>Reports, suspensions and orders as the protocol has them.</summary>
internal static class SafetyMessages
{
    public static V1.Report Of(FiledReport filed)
    {
        var report = filed.Report;
        return new V1.Report
        {
            Id = filed.Id,
            Reporter = report.Reporter,
            ReportedAt = report.At.ToTimestamp(),
            Identity = report.About ?? "",
            RoomId = report.Room ?? "",
            RoomTitle = report.RoomTitle,
            Category = (V1.ReportCategory)report.Category,
            Text = report.Text,
            State = (V1.ReportState)report.State,
            AssignedTo = report.AssignedTo ?? "",
            Decision = (V1.ReportDecision)report.Decision,
            DecidedBy = report.DecidedBy ?? "",
            DecidedAt = report.DecidedAt?.ToTimestamp(),
            Note = report.Note,
        };
    }

    public static V1.Suspension Of(string identity, Suspension suspension) =>
        new()
        {
            Identity = identity,
            Reason = suspension.Reason,
            SuspendedBy = suspension.By,
            SuspendedAt = suspension.At.ToTimestamp(),
            Until = suspension.Until?.ToTimestamp(),
        };

    public static V1.TakedownOrder Of(KeptOrder kept) =>
        new()
        {
            Id = kept.Id,
            CaseNumber = kept.Order.CaseNumber,
            Notice = kept.Order.Notice,
            Countries = { kept.Order.Countries },
            AccountCount = (uint)kept.Order.AccountCount,
            RoomCount = (uint)kept.Order.RoomCount,
            OrderedAt = kept.Order.At.ToTimestamp(),
            ExpiresAt = kept.Order.ExpiresAt?.ToTimestamp(),
            LiftedAt = kept.Order.LiftedAt?.ToTimestamp(),
            InForce = kept.InForce,
        };
}
