#include "spawn.hpp"

#include <boost/system/system_error.hpp>

#include <cerrno>
#include <csignal>
#include <string>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

extern char** environ;

namespace curfew::process::detail {

namespace {

[[noreturn]] void fail(int error, const std::string& what)
{
    throw boost::system::system_error(error, boost::system::system_category(), what);
}

std::string attempt(const command& what)
{
    return "process " + what.program + ": start";
}

/// Out of the way of the three descriptors that the child is given, should ours be closed.
unique_fd above_standard(int fd, const command& what)
{
    if (fd > 2) return unique_fd(fd);
    const unique_fd low(fd);
    unique_fd       high(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
    if (!high) fail(errno, attempt(what));
    return high;
}

struct pipe_ends {
    unique_fd read;
    unique_fd write;
};

pipe_ends make_pipe(const command& what)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) fail(errno, attempt(what));
    unique_fd write(ends[1]);  // so that a failure in between closes it
    auto      read = above_standard(ends[0], what);
    return {std::move(read), above_standard(write.release(), what)};
}

void make_non_blocking(const unique_fd& fd)
{
    ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
}

/// `posix_spawn`'s list of what the child does with descriptors before it becomes the program.
class file_actions {
public:
    file_actions() { ::posix_spawn_file_actions_init(&actions_); }
    ~file_actions() { ::posix_spawn_file_actions_destroy(&actions_); }
    file_actions(const file_actions&)            = delete;
    file_actions& operator=(const file_actions&) = delete;

    void duplicate(int from, int to) { ::posix_spawn_file_actions_adddup2(&actions_, from, to); }
    void open_nothing(int as, int flags) { ::posix_spawn_file_actions_addopen(&actions_, as, "/dev/null", flags, 0); }
    void change_directory(const std::string& to) { ::posix_spawn_file_actions_addchdir_np(&actions_, to.c_str()); }
    void close_from(int lowest) { ::posix_spawn_file_actions_addclosefrom_np(&actions_, lowest); }
    const posix_spawn_file_actions_t* get() const noexcept { return &actions_; }

private:
    posix_spawn_file_actions_t actions_;
};

/// A process group of its own, no signal blocked or ignored.
class spawn_attributes {
public:
    spawn_attributes()
    {
        ::posix_spawnattr_init(&attributes_);
        sigset_t none, all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
    }
    ~spawn_attributes() { ::posix_spawnattr_destroy(&attributes_); }
    spawn_attributes(const spawn_attributes&)            = delete;
    spawn_attributes& operator=(const spawn_attributes&) = delete;

    const posix_spawnattr_t* get() const noexcept { return &attributes_; }

private:
    posix_spawnattr_t attributes_;
};

std::vector<char*> pointers(const std::vector<std::string>& texts, const std::string* first = nullptr)
{
    // `posix_spawn` takes them as `char*` and changes nothing.
    std::vector<char*> all;
    if (first) all.push_back(const_cast<char*>(first->c_str()));
    for (const auto& each : texts) all.push_back(const_cast<char*>(each.c_str()));
    all.push_back(nullptr);
    return all;
}

void direct(file_actions& actions, output_to where, int standard, const pipe_ends& pipe)
{
    switch (where) {
    case output_to::capture: actions.duplicate(pipe.write.get(), standard); break;
    case output_to::discard: actions.open_nothing(standard, O_WRONLY); break;
    case output_to::parent: break;
    }
}

bool is_directory(const std::string& path)
{
    struct stat found {};
    return ::stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
}

/// A child that cannot be watched is not left alone.
void kill_and_wait(pid_t pid)
{
    ::kill(-pid, SIGKILL);
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {}
}

}  // namespace

spawned spawn(const command& what, bool input)
{
    pipe_ends in, out, err;
    if (input) in = make_pipe(what);
    if (what.output == output_to::capture) out = make_pipe(what);
    if (what.error_output == output_to::capture) err = make_pipe(what);

    file_actions actions;
    if (input)
        actions.duplicate(in.read.get(), STDIN_FILENO);
    else
        actions.open_nothing(STDIN_FILENO, O_RDONLY);
    direct(actions, what.output, STDOUT_FILENO, out);
    direct(actions, what.error_output, STDERR_FILENO, err);
    // Whatever some other part of this program forgot to open with close-on-exec.
    actions.close_from(3);
    if (!what.directory.empty()) actions.change_directory(what.directory);

    const spawn_attributes attributes;
    const auto             arguments   = pointers(what.arguments, &what.program);
    const auto             environment = what.environment ? pointers(*what.environment) : std::vector<char*>();
    spawned                made;
    const int failed = ::posix_spawnp(&made.pid, what.program.c_str(), actions.get(), attributes.get(), arguments.data(),
                                      what.environment ? environment.data() : environ);
    if (failed != 0) {
        // The system does not say which step failed.
        if (!what.directory.empty() && !is_directory(what.directory)) fail(failed, attempt(what) + " in " + what.directory);
        fail(failed, attempt(what));
    }
    made.end = unique_fd(static_cast<int>(::syscall(SYS_pidfd_open, made.pid, 0)));
    if (!made.end) {
        const int error = errno;
        kill_and_wait(made.pid);
        fail(error, "process " + what.program + ": watch");
    }
    made.input        = std::move(in.write);
    made.output       = std::move(out.read);
    made.error_output = std::move(err.read);
    for (const auto* each : {&made.input, &made.output, &made.error_output})
        if (*each) make_non_blocking(*each);
    return made;
}

}  // namespace curfew::process::detail
