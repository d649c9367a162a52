// Several commands that travel together.
#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace curfew::redis {

namespace detail {

/// What an argument of a command is sent as.
template <class T>
std::string word(const T& argument)
{
    if constexpr (std::integral<T>) {
        static_assert(!std::same_as<T, bool>, "Redis has no truth values; send 0 or 1");
        return std::to_string(argument);
    } else {
        return std::string(std::string_view(argument));
    }
}

template <class... A>
std::vector<std::string> words(std::string_view name, const A&... arguments)
{
    std::vector<std::string> all;
    all.reserve(1 + sizeof...(A));
    all.emplace_back(name);
    (all.push_back(word(arguments)), ...);
    return all;
}

}  // namespace detail

/// Commands that are sent at once and answered in order, without those of others in between.
class pipeline {
public:
    pipeline() {}

    /// Adds a command: its name, and arguments that are texts or integers.
    template <class... A>
    pipeline& add(std::string_view name, const A&... arguments)
    {
        commands_.push_back(detail::words(name, arguments...));
        return *this;
    }
    /// Adds a command whose number of arguments is not known before.
    pipeline& add(std::vector<std::string> words)
    {
        commands_.push_back(std::move(words));
        return *this;
    }

    std::size_t                                  size() const noexcept { return commands_.size(); }
    bool                                         empty() const noexcept { return commands_.empty(); }
    const std::vector<std::vector<std::string>>& commands() const noexcept { return commands_; }

private:
    std::vector<std::vector<std::string>> commands_;
};

}  // namespace curfew::redis
