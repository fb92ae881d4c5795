using System.Text.Json;
using System.Text.Json.Serialization;
using Spaces.Signaling.Domain.Safety;

namespace Spaces.Signaling.Server.Safety;

/// <summary>Whom an account has blocked; the key says which account.</summary>
internal sealed record StoredBlocks(Dictionary<string, DateTimeOffset> Blocked);

/// <summary>A takedown order without its names; the key is its id.</summary>
internal sealed record StoredOrder(
    string CaseNumber,
    string Notice,
    string[] Countries,
    string By,
    DateTimeOffset At,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? LiftedAt,
    int AccountCount,
    int RoomCount
);

/// <summary>A part of an order's names; the key says which.</summary>
internal sealed record StoredOrderNames(string[] Accounts, string[] Rooms);

/// <summary>An order holds for as long as this is in the store; the key is the order's id.</summary>
internal sealed record StoredOrderTerm(bool Ends);

/// <summary>Where the service is open.</summary>
internal sealed record StoredServiceCountries(CountryListMode Mode, string[] Countries, string Notice);

/// <summary>A report waits in a state; the key says which and where.</summary>
internal sealed record StoredQueueEntry;

/// <summary>What a report keeps of its room.</summary>
internal sealed record StoredEvidence(string RoomState, string[] Events);

[JsonSerializable(typeof(StoredBlocks))]
[JsonSerializable(typeof(Suspension))]
[JsonSerializable(typeof(StoredOrder))]
[JsonSerializable(typeof(StoredOrderNames))]
[JsonSerializable(typeof(StoredOrderTerm))]
[JsonSerializable(typeof(StoredServiceCountries))]
[JsonSerializable(typeof(Report))]
[JsonSerializable(typeof(StoredQueueEntry))]
[JsonSerializable(typeof(StoredEvidence))]
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
internal sealed partial class SafetyJson : JsonSerializerContext;
