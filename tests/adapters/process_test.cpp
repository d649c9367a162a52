#include <curfew/adapters/process.hpp>

#include "process_fixture.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <fcntl.h>

namespace curfew {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using process::command;
using process::exit_status;

class process_run : public testing::process_fixture {
protected:
    /// What a run that is to fail says.
    std::string failure(command what, error_code expected)
    {
        try {
            run(process::run(root, std::move(what)));
        } catch (const boost::system::system_error& e) {
            EXPECT_EQ(e.code(), expected);
            return e.what();
        }
        return "nothing was thrown";
    }
    static error_code system(int number) { return {number, boost::system::system_category()}; }
};

TEST_F(process_run, collects_what_the_program_writes_and_how_it_ended)
{
    const auto ended = run(process::run(root, shell("echo out; echo err >&2; exit 3")));

    EXPECT_EQ(ended.status, exit_status::exited(3));
    EXPECT_EQ(ended.output, "out\n");
    EXPECT_EQ(ended.error_output, "err\n");
    EXPECT_FALSE(testing::has_children());
}

TEST_F(process_run, passes_arguments_as_they_are)
{
    const auto ended = run(process::run(root, command("printf", {"%s|", "two words", "$HOME", "", "*"})));

    EXPECT_EQ(ended.output, "two words|$HOME||*|");
}

TEST_F(process_run, feeds_the_program_more_than_a_pipe_holds_while_it_reads_what_comes_back)
{
    command copy("cat");
    copy.input = std::string(3'000'000, 'x');

    const auto ended = run(process::run(root, copy));

    EXPECT_EQ(ended.output, copy.input);
}

TEST_F(process_run, does_not_mind_a_program_that_reads_nothing)
{
    command deaf("true");
    deaf.input = std::string(3'000'000, 'x');

    EXPECT_TRUE(run(process::run(root, deaf)).status.success());
}

TEST_F(process_run, gives_the_program_no_input_unless_there_is_some)
{
    EXPECT_EQ(run(process::run(root, command("cat"))).output, "");
}

TEST_F(process_run, sets_the_environment_and_the_directory)
{
    command where("/bin/sh", {"-c", "echo $GREETING $HOME; pwd"});
    where.environment = {"GREETING=hello"};
    where.directory   = "/usr";

    EXPECT_EQ(run(process::run(root, where)).output, "hello\n/usr\n");
}

TEST_F(process_run, leaves_outputs_alone_that_are_not_captured)
{
    auto quiet         = shell("echo out; echo err >&2");
    quiet.output       = process::output_to::discard;
    quiet.error_output = process::output_to::discard;

    const auto ended = run(process::run(root, quiet));

    EXPECT_EQ(ended.output, "");
    EXPECT_EQ(ended.error_output, "");
}

TEST_F(process_run, tells_which_signal_ended_the_program)
{
    const auto ended = run(process::run(root, shell("kill -9 $$")));

    EXPECT_EQ(ended.status, exit_status::killed(SIGKILL));
    EXPECT_EQ(ended.status.to_string(), "killed by signal 9 (Killed)");
}

TEST_F(process_run, says_which_program_could_not_be_started_and_why)
{
    EXPECT_THAT(failure(command("/nowhere/tool"), system(ENOENT)),
                HasSubstr("process /nowhere/tool: start: No such file or directory"));
    EXPECT_THAT(failure(command("no-such-tool"), system(ENOENT)), HasSubstr("process no-such-tool: start"));
    EXPECT_THAT(failure(command("/etc/passwd"), system(EACCES)), HasSubstr("process /etc/passwd: start: Permission denied"));
    command astray("true");
    astray.directory = "/nowhere";
    EXPECT_THAT(failure(astray, system(ENOENT)), HasSubstr("process true: start in /nowhere"));
    EXPECT_THROW(command(""), std::invalid_argument);
    EXPECT_FALSE(testing::has_children());
}

TEST_F(process_run, gives_the_error_instead_of_throwing_if_asked_to)
{
    const auto wrong = run(process::run(root, nothrow, command("/nowhere/tool")));
    const auto right = run(process::run(root, nothrow, shell("echo out")));

    EXPECT_EQ(std::get<0>(wrong), system(ENOENT));
    EXPECT_FALSE(std::get<0>(right));
    EXPECT_EQ(std::get<1>(right).output, "out\n");
}

TEST_F(process_run, stops_a_program_that_writes_too_much)
{
    auto endless       = shell("while :; do echo yes; done");
    endless.max_output = 1000;

    EXPECT_THAT(failure(endless, process::errc::output_too_large), HasSubstr("it wrote more than 1000 bytes"));
    EXPECT_FALSE(testing::has_children());
}

TEST_F(process_run, drops_error_output_beyond_its_limit)
{
    auto noisy             = shell("head -c 100000 /dev/zero >&2; echo done");
    noisy.max_error_output = 10;

    const auto ended = run(process::run(root, noisy));

    EXPECT_EQ(ended.error_output.size(), 10u);
    EXPECT_EQ(ended.output, "done\n");
}

TEST_F(process_run, opens_nothing_in_the_program_but_its_three_streams)
{
    const int kept = ::open("/dev/null", O_RDONLY);  // without close-on-exec, as other code may do

    const auto ended = run(process::run(root, command("ls", {"/proc/self/fd"})));

    EXPECT_EQ(ended.output, "0\n1\n2\n3\n");  // 3 is how ls reads the folder
    ::close(kept);
}

TEST_F(process_run, starts_the_program_with_signals_at_their_defaults)
{
    sigset_t some, before;
    ::sigemptyset(&some);
    ::sigaddset(&some, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &some, &before);
    auto* const handler = ::signal(SIGPIPE, SIG_IGN);

    const auto ended = run(process::run(root, command("grep", {"-E", "SigBlk|SigIgn", "/proc/self/status"})));
    const auto mask  = [&](const std::string& name) {
        return std::stoull(ended.output.substr(ended.output.find(name) + name.size()), nullptr, 16);
    };

    EXPECT_EQ(mask("SigBlk:"), 0u);
    EXPECT_EQ(mask("SigIgn:") & 0x7fffffff, 0u);  // all but those that glibc keeps for itself
    ::signal(SIGPIPE, handler);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST_F(process_run, kills_what_the_program_leaves_running_in_its_group)
{
    const auto ended = run(process::run(root, shell("sleep 1000 & echo $!")));

    const auto left = static_cast<pid_t>(std::stol(ended.output));
    EXPECT_TRUE(testing::run_until(loop, [&] { return !testing::runs(left); }));
}

TEST_F(process_run, notices_that_the_program_was_killed_by_somebody_else)
{
    auto one = loop.start(process::run(root, shell_ready("", "exec sleep 1000")));
    ASSERT_TRUE(wait_until_ready(one));

    ::kill(ready_pid(), SIGKILL);
    run_until_finished(loop, one);

    EXPECT_EQ(one.value().status, exit_status::killed(SIGKILL));
}

TEST_F(process_run, talks_to_the_program)
{
    std::string echoed, rest;
    auto        talk = [&](process::child& child, context ctx) -> task<> {
        co_await child.write(ctx, "ping\n");
        while (echoed.size() < 5) echoed += co_await child.read(ctx);
        child.close_input();
        rest = co_await child.read(ctx);
    };

    const auto status = run(process::run(root, command("cat"), talk));

    EXPECT_TRUE(status.success());
    EXPECT_EQ(echoed, "ping\n");
    EXPECT_EQ(rest, "");
}

TEST_F(process_run, drops_what_a_conversation_has_left_unread)
{
    auto talk = [](process::child& child, context ctx) -> task<> { co_await child.read(ctx); };

    EXPECT_EQ(run(process::run(root, shell("head -c 1000000 /dev/zero; exit 4"), talk)), exit_status::exited(4));
}

TEST_F(process_run, stops_the_program_when_the_conversation_fails)
{
    auto talk = [&](process::child& child, context ctx) -> task<> {
        co_await child.read(ctx);
        throw std::runtime_error("enough");
    };

    EXPECT_THROW(run(process::run(root, shell("echo ready; exec sleep 1000"), talk)), std::runtime_error);

    EXPECT_FALSE(testing::has_children());
}

TEST_F(process_run, tells_a_conversation_that_the_program_reads_no_more)
{
    auto talk = [&](process::child& child, context ctx) -> task<> {
        co_await child.read(ctx);
        for (;;) co_await child.write(ctx, std::string(1000, 'x'));
    };

    try {
        run(process::run(root, shell("exec <&-; echo closed; exec sleep 1000"), talk));
        FAIL();
    } catch (const boost::system::system_error& e) {
        EXPECT_EQ(e.code(), boost::system::errc::broken_pipe);
        EXPECT_THAT(e.what(), AllOf(HasSubstr("process /bin/sh: write"), Not(HasSubstr("xxx"))));
    }
    EXPECT_FALSE(testing::has_children());
}

TEST_F(process_run, sends_signals_to_the_program_it_talks_to)
{
    auto talk = [&](process::child& child, context ctx) -> task<> {
        co_await child.read(ctx);
        EXPECT_TRUE(testing::runs(child.pid()));
        child.signal(SIGHUP);
        co_await child.read(ctx);
    };

    EXPECT_EQ(run(process::run(root, shell("trap 'exit 9' HUP; echo ready; while :; do sleep 0.01; done"), talk)),
              exit_status::exited(9));
}

}  // namespace
}  // namespace curfew
