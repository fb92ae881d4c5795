using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Tests.Domain;

/// <summary>Every row of the permission table, tried in every standing through the room itself.</summary>
[TestFixture]
internal sealed class PermissionsTests
{
    [Test]
    public void Every_right_has_a_row() =>
        Assert.That(Permissions.Table.Keys, Is.EquivalentTo(Enum.GetValues<Right>()));
}
