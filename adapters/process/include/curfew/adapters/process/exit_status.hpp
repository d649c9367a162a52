// How a program ended.
#pragma once

#include <optional>
#include <string>

namespace curfew::process {

/// Tells whether a program exited by itself, and with which code, or which signal ended it.
class exit_status {
public:
    /// Exited with code 0.
    exit_status() noexcept {}
    static exit_status exited(int code) noexcept { return {code, 0}; }
    static exit_status killed(int signal) noexcept { return {0, signal}; }

    bool success() const noexcept { return code_ == 0 && signal_ == 0; }
    /// Empty if a signal ended the program.
    std::optional<int> code() const noexcept { return signal_ == 0 ? std::optional(code_) : std::nullopt; }
    /// Empty if the program exited by itself.
    std::optional<int> signal() const noexcept { return signal_ != 0 ? std::optional(signal_) : std::nullopt; }

    /// For logs: `exited with 3`, `killed by signal 9 (Killed)`.
    std::string to_string() const;

    friend bool operator==(const exit_status&, const exit_status&) = default;

private:
    exit_status(int code, int signal) noexcept : code_(code), signal_(signal) {}

    int code_   = 0;
    int signal_ = 0;
};

}  // namespace curfew::process
