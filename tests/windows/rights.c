/* Prints who may use a named pipe, as SDDL: rights.exe \\.\pipe\name. For tests under Wine alone, never shipped. */
#include <windows.h>
#include <aclapi.h>
#include <sddl.h>
#include <stdio.h>

int main(int count, char **arguments)
{
    PSECURITY_DESCRIPTOR rights = NULL;
    char *text = NULL;
    HANDLE pipe = count == 2 ? CreateFileA(arguments[1], READ_CONTROL | GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL)
                             : INVALID_HANDLE_VALUE;
    if (pipe == INVALID_HANDLE_VALUE)
        return 2;
    if (GetSecurityInfo(pipe, SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, NULL, NULL, &rights) != ERROR_SUCCESS)
        return 3;
    if (!ConvertSecurityDescriptorToStringSecurityDescriptorA(rights, SDDL_REVISION_1, DACL_SECURITY_INFORMATION, &text, NULL))
        return 4;
    puts(text);
    return 0;
}
