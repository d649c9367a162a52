// The programs of examples/, as child processes on free ports.
#pragma once

#include "demo_program.hpp"

#include <string>
#include <utility>
#include <vector>

namespace curfew {

/// Runs one example until the test ends.
class example_program : public program {
public:
    /// `name`: of its file, without `.cpp`. `before`: a command that starts it, such as strace with its options.
    explicit example_program(const std::string& name, std::vector<std::string> before = {})
        : program(command(name, std::move(before))), address(wait_for("listening on (127\\.0\\.0\\.1:[0-9]+)\n"))
    {
    }

    const std::string address;

private:
    static std::vector<std::string> command(const std::string& name, std::vector<std::string> before)
    {
        before.push_back(std::string(CURFEW_EXAMPLE_PROGRAMS "/example-").append(name));
        before.push_back("127.0.0.1:0");
        return before;
    }
};

}  // namespace curfew
