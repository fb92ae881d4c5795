using System.Buffers;
using System.Text;

namespace Grpc.Core;

public sealed partial class Metadata
{
    /// <summary>One key and its value.</summary>
    public sealed class Entry
    {
        private static readonly SearchValues<char> KeyCharacters = SearchValues.Create(
            "abcdefghijklmnopqrstuvwxyz0123456789_.-"
        );

        private readonly string? _text;
        private readonly byte[]? _bytes;

        /// <exception cref="ArgumentException">The key or the value has characters a header may not have.</exception>
        public Entry(string key, string value)
        {
            ArgumentNullException.ThrowIfNull(value);
            Key = NormalizeKey(key);
            if (IsBinary)
            {
                throw new ArgumentException($"'{Key}' ends in -bin, so its value is bytes, not text.", nameof(value));
            }
            if (!IsValidText(value))
            {
                throw new ArgumentException(
                    $"The value of '{Key}' has a character that is not printable ASCII. Use a key that ends in -bin.",
                    nameof(value)
                );
            }
            _text = value;
        }

        /// <exception cref="ArgumentException">The key does not end in <c>-bin</c>.</exception>
        public Entry(string key, byte[] valueBytes)
        {
            ArgumentNullException.ThrowIfNull(valueBytes);
            Key = NormalizeKey(key);
            if (!IsBinary)
            {
                throw new ArgumentException($"'{Key}' has bytes for its value, so it must end in -bin.", nameof(key));
            }
            _bytes = [.. valueBytes];
        }

        public string Key { get; }

        public bool IsBinary => Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        /// <summary>The text of the value.</summary>
        /// <exception cref="InvalidOperationException">The value is bytes.</exception>
        public string Value =>
            _text ?? throw new InvalidOperationException($"'{Key}' has bytes for its value: read ValueBytes.");

        /// <summary>A copy of the value's bytes; of a text, its ASCII bytes.</summary>
        public byte[] ValueBytes => _bytes is null ? Encoding.ASCII.GetBytes(_text!) : [.. _bytes];

        public override string ToString() =>
            IsBinary ? $"[Entry: key={Key}, {_bytes!.Length} bytes]" : $"[Entry: key={Key}, value={_text}]";

        /// <summary>Printable ASCII, the only characters a header's value may have.</summary>
        internal static bool IsValidText(string value) => !value.AsSpan().ContainsAnyExceptInRange(' ', '~');

        /// <summary>One to many of a-z, 0-9, '_', '.' and '-'.</summary>
        internal static bool IsValidKey(string key) => key.Length > 0 && !key.AsSpan().ContainsAnyExcept(KeyCharacters);

        private static string NormalizeKey(string key)
        {
            ArgumentNullException.ThrowIfNull(key);
            var normalized = key.ToLowerInvariant();
            return IsValidKey(normalized)
                ? normalized
                : throw new ArgumentException(
                    $"'{key}' is no metadata key: only a-z, 0-9, '_', '.' and '-' may be used.",
                    nameof(key)
                );
        }
    }
}
