/* A machine that fails: loaded before libc (LD_PRELOAD), it makes calls on files below one folder fail, forgets what was
 * not flushed, and tells another time. tests/src/machine.rs sets the variables and says what they mean.
 *
 *   MACHINE_BELOW   the folder
 *   MACHINE_CALL    sync, write, rename or open: which calls are counted
 *   MACHINE_FIRST   the first call that fails, from 1
 *   MACHINE_COUNT   how many fail from then on
 *   MACHINE_KIND    EIO, ENOSPC, EROFS, short (half is written) or cut (the power goes: exit code 99)
 *   MACHINE_CLOCK   a file of 8 bytes: seconds by which the wall clock is wrong
 *
 * A sync that fails has dropped what it should have flushed, as Linux may: the bytes of before are back in the file.
 * Where the power goes, each file keeps what came before some moment behind its last flush; a rename whose folder
 * was not flushed may be undone. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* A write that is not flushed. */
struct change {
    struct change *before;
    ino_t file;
    int at_hand; /* A descriptor of our own, for the way back. */
    off_t offset, size;
    size_t length;
    char *bytes;
};

/* A rename whose folder is not flushed. */
struct move {
    struct move *before;
    char from[PATH_MAX], to[PATH_MAX];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct change *changes;
static struct move *moves;
static long counted, first, count;
static char below[PATH_MAX];
static const char *call = "", *kind = "";
static volatile int64_t *clock_offset;

static int (*real_fsync)(int), (*real_fdatasync)(int), (*real_rename)(const char *, const char *);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t), (*real_write)(int, const void *, size_t);
static int (*real_clock_gettime)(clockid_t, struct timespec *);

__attribute__((constructor)) static void begin(void) {
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_rename = dlsym(RTLD_NEXT, "rename");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_write = dlsym(RTLD_NEXT, "write");
    real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    if (getenv("MACHINE_BELOW") && !realpath(getenv("MACHINE_BELOW"), below)) below[0] = 0;
    if (getenv("MACHINE_CALL")) call = getenv("MACHINE_CALL");
    if (getenv("MACHINE_KIND")) kind = getenv("MACHINE_KIND");
    first = getenv("MACHINE_FIRST") ? atol(getenv("MACHINE_FIRST")) : 0;
    count = getenv("MACHINE_COUNT") ? atol(getenv("MACHINE_COUNT")) : 1;
    const char *clock = getenv("MACHINE_CLOCK");
    int file = clock ? open(clock, O_RDONLY) : -1;
    if (file >= 0) {
        void *page = mmap(NULL, sizeof *clock_offset, PROT_READ, MAP_SHARED, file, 0);
        if (page != MAP_FAILED) clock_offset = page;
        close(file);
    }
}

static int is_below(const char *path) {
    size_t length = strlen(below);
    return length && !strncmp(path, below, length) && path[length] == '/';
}

/* Whether a descriptor is a file or folder below ours; its path. */
static int is_ours(int file, char path[PATH_MAX]) {
    char link[64];
    int saved = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = below[0] ? readlink(link, path, PATH_MAX - 1) : -1;
    path[length > 0 ? length : 0] = 0;
    errno = saved;
    /* The index of SQLite's log is memory, never flushed. */
    size_t end = strlen(path);
    return length > 0 && (is_below(path) || !strcmp(path, below)) && !(end > 4 && !strcmp(path + end - 4, "-shm"));
}

static void say(const char *what, const char *path) {
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "machine: %s %s at %s %ld: %s\n", kind, what, call, counted, path);
    if (real_write(2, line, (size_t)length) < 0) return;
}

static unsigned long dice(void) {
    static unsigned long state;
    if (!state) state = (unsigned long)first * 0x9e3779b97f4a7c15UL + 1;
    state ^= state >> 12, state ^= state << 25, state ^= state >> 27;
    return state * 0x2545f4914f6cdd1dUL >> 33;
}

static void undo(struct change *change) {
    if (real_pwrite(change->at_hand, change->bytes, change->length, change->offset) < 0) say("undo", "failed");
    if (ftruncate(change->at_hand, change->size)) say("undo", "failed");
}

/* Takes every change of a file off the list; with `back`, undoes it, newest first. */
static void settle(ino_t file, int back) {
    for (struct change **place = &changes; *place;) {
        struct change *change = *place;
        if (change->file != file) {
            place = &change->before;
            continue;
        }
        if (back) undo(change);
        *place = change->before;
        close(change->at_hand);
        free(change->bytes);
        free(change);
    }
}

/* The power goes. */
static void cut(void) {
    ino_t done[64];
    size_t files = 0;
    for (struct change *one = changes; one; one = one->before) {
        size_t seen = 0;
        while (seen < files && done[seen] != one->file) seen++;
        if (seen < files || files == 64) continue;
        done[files++] = one->file;
        unsigned long writes = 0;
        for (struct change *other = changes; other; other = other->before) writes += other->file == one->file;
        unsigned long lost = dice() % (writes + 1);
        for (struct change *other = changes; other && lost; other = other->before)
            if (other->file == one->file) undo(other), lost--;
    }
    for (struct move *one = moves; one; one = one->before)
        if (dice() % 2) real_rename(one->to, one->from);
    _exit(99);
}

/* Whether this call fails, which sets errno. Called with the lock. */
static int fails(const char *which, const char *path) {
    if (strcmp(which, call)) return 0;
    counted++;
    if (!first || counted < first || counted >= first + count) return 0;
    say("is here", path);
    if (!strcmp(kind, "cut")) cut();
    errno = !strcmp(kind, "ENOSPC") ? ENOSPC : !strcmp(kind, "EROFS") ? EROFS : EIO;
    return 1;
}

static void remember(int file, off_t offset, size_t length) {
    struct stat now;
    if (fstat(file, &now) || !S_ISREG(now.st_mode)) return;
    struct change *change = calloc(1, sizeof *change);
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    change->at_hand = open(link, O_RDWR | O_CLOEXEC);
    if (change->at_hand < 0) {
        free(change);
        return;
    }
    change->file = now.st_ino, change->offset = offset, change->size = now.st_size;
    change->bytes = malloc(length ? length : 1);
    ssize_t old = pread(change->at_hand, change->bytes, length, offset);
    change->length = old > 0 ? (size_t)old : 0;
    change->before = changes;
    changes = change;
}

static int flush(int file, int (*real)(int)) {
    char path[PATH_MAX];
    if (!is_ours(file, path)) return real(file);
    pthread_mutex_lock(&lock);
    struct stat now = {0};
    fstat(file, &now);
    int result = fails("sync", path) ? -1 : real(file), saved = errno;
    settle(now.st_ino, result < 0);
    if (result == 0 && S_ISDIR(now.st_mode))
        for (struct move **place = &moves; *place;) {
            struct move *move = *place;
            size_t length = strlen(path);
            if (!strncmp(move->to, path, length) && !strchr(move->to + length + 1, '/'))
                *place = move->before, free(move);
            else
                place = &move->before;
        }
    pthread_mutex_unlock(&lock);
    errno = saved;
    return result;
}

int fsync(int file) { return flush(file, real_fsync); }
int fdatasync(int file) { return flush(file, real_fdatasync); }

ssize_t pwrite64(int file, const void *bytes, size_t length, off_t offset) {
    char path[PATH_MAX];
    if (!is_ours(file, path)) return real_pwrite(file, bytes, length, offset);
    pthread_mutex_lock(&lock);
    ssize_t result = -1;
    remember(file, offset, length);
    if (!fails("write", path))
        result = real_pwrite(file, bytes, length, offset);
    else if (!strcmp(kind, "short"))
        result = real_pwrite(file, bytes, length / 2, offset);
    int saved = errno;
    pthread_mutex_unlock(&lock);
    errno = saved;
    return result;
}
ssize_t pwrite(int file, const void *bytes, size_t length, off_t offset) { return pwrite64(file, bytes, length, offset); }

ssize_t write(int file, const void *bytes, size_t length) {
    char path[PATH_MAX];
    if (file == 2 || !is_ours(file, path)) return real_write(file, bytes, length);
    pthread_mutex_lock(&lock);
    struct stat now = {0};
    fstat(file, &now);
    ssize_t result = -1;
    remember(file, fcntl(file, F_GETFL) & O_APPEND ? now.st_size : lseek(file, 0, SEEK_CUR), length);
    if (!fails("write", path))
        result = real_write(file, bytes, length);
    else if (!strcmp(kind, "short"))
        result = real_write(file, bytes, (length + 1) / 2);
    int saved = errno;
    pthread_mutex_unlock(&lock);
    errno = saved;
    return result;
}

int rename(const char *from, const char *to) {
    char folder[PATH_MAX] = "", *slash;
    if (below[0] && strlen(to) < sizeof folder) strcpy(folder, to);
    if ((slash = strrchr(folder, '/'))) *slash = 0;
    char found[PATH_MAX];
    if (!slash || !realpath(folder, found) || (strcmp(found, below) && !is_below(found))) return real_rename(from, to);
    pthread_mutex_lock(&lock);
    int is_new = access(to, F_OK) != 0, result = -1;
    if (!fails("rename", to)) result = real_rename(from, to);
    int saved = errno;
    struct move *move = result == 0 && is_new ? calloc(1, sizeof *move) : NULL;
    if (move) {
        snprintf(move->from, sizeof move->from, "%s", from);
        snprintf(move->to, sizeof move->to, "%.2000s/%.1000s", found, strrchr(to, '/') + 1);
        move->before = moves;
        moves = move;
    }
    pthread_mutex_unlock(&lock);
    errno = saved;
    return result;
}

static int opened(int (*real)(const char *, int, ...), const char *path, int flags, mode_t mode) {
    if (!(flags & (O_WRONLY | O_RDWR)) || !is_below(path)) return real(path, flags, mode);
    pthread_mutex_lock(&lock);
    int result = fails("open", path) ? -1 : real(path, flags, mode), saved = errno;
    pthread_mutex_unlock(&lock);
    errno = saved;
    return result;
}

#define OPENS(name)                                             \
    int name(const char *path, int flags, ...) {                \
        static int (*real)(const char *, int, ...);             \
        if (!real) real = dlsym(RTLD_NEXT, #name);              \
        va_list more;                                           \
        va_start(more, flags);                                  \
        mode_t mode = va_arg(more, mode_t);                     \
        va_end(more);                                           \
        return opened(real, path, flags, mode);                 \
    }
OPENS(open)
OPENS(open64)

/* The wall clock; the running one is as it is. */
int clock_gettime(clockid_t which, struct timespec *now) {
    if (!real_clock_gettime) real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real_clock_gettime(which, now);
    if (!result && clock_offset && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) now->tv_sec += *clock_offset;
    return result;
}
