using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Records;

/// <summary>
/// A lock as three fields of a version or an upload: mode, until when, and the legal hold (1 off, 2 on). All are absent
/// where there is none.
/// </summary>
internal struct KeptLock(int firstField)
{
    private const ulong HoldOff = 1;
    private const ulong HoldOn = 2;

    private RetentionMode _mode;
    private DateTimeOffset _until;

    public readonly Retention? Retention => _mode == default ? null : new(_mode, _until);

    public bool? LegalHold { get; private set; }

    /// <summary>Takes the field that was read last, where it is one of the three.</summary>
    public void Read(in FieldReader fields)
    {
        switch (fields.Field - firstField)
        {
            case 0:
                _mode = (RetentionMode)fields.Value;
                break;
            case 1:
                _until = fields.Time;
                break;
            case 2:
                LegalHold = fields.Value == HoldOn;
                break;
        }
    }

    public static void Write(FieldWriter writer, int firstField, Retention? retention, bool? legalHold)
    {
        if (retention is { } kept)
        {
            writer.Number(firstField, (ulong)kept.Mode);
            writer.Time(firstField + 1, kept.Until);
        }

        if (legalHold is { } isOn)
        {
            writer.Number(firstField + 2, isOn ? HoldOn : HoldOff);
        }
    }
}
