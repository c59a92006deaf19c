using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;

namespace ObjectServer.Checksums;

/// <summary>Products of 64-bit polynomials over GF(2), where the processor has an instruction for them.</summary>
internal static class CarrylessProduct
{
    /// <summary>Whether the products can be had; without it, calling for one throws.</summary>
    public static bool IsFast => BitConverter.IsLittleEndian && (Pclmulqdq.IsSupported || ArmAes.IsSupported);

    /// <summary>The 127-bit product of the first elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> OfLowHalves(Vector128<ulong> left, Vector128<ulong> right) =>
        Pclmulqdq.IsSupported
            ? Pclmulqdq.CarrylessMultiply(left, right, 0x00)
            : ArmAes.PolynomialMultiplyWideningLower(left.GetLower(), right.GetLower());

    /// <summary>The 127-bit product of the second elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> OfHighHalves(Vector128<ulong> left, Vector128<ulong> right) =>
        Pclmulqdq.IsSupported
            ? Pclmulqdq.CarrylessMultiply(left, right, 0x11)
            : ArmAes.PolynomialMultiplyWideningUpper(left, right);
}
