/* The one function of bcryptprimitives.dll that Rust's standard library imports. Wine 8 has no such DLL; Windows has. For tests
   under Wine alone, never shipped. */
#include <windows.h>

/* RtlGenRandom goes by this name. */
BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE buffer, SIZE_T length)
{
    return SystemFunction036(buffer, (ULONG)length);
}
