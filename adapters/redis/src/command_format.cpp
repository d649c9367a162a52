#include "command_format.hpp"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <array>
#include <memory>
#include <new>

namespace curfew::redis::detail {

namespace {

char upper(char c) noexcept
{
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool is(std::string_view word, std::string_view upper_case) noexcept
{
    return std::ranges::equal(word, upper_case, {}, upper);
}

constexpr std::array<std::string_view, 10> always_block{"BLPOP",    "BRPOP",    "BRPOPLPUSH", "BLMOVE", "BLMPOP",
                                                        "BZPOPMIN", "BZPOPMAX", "BZMPOP",     "WAIT",   "WAITAOF"};
constexpr std::array<std::string_view, 19> never_share{
    "MULTI",      "EXEC",         "DISCARD",    "WATCH", "UNWATCH", "SUBSCRIBE", "UNSUBSCRIBE", "PSUBSCRIBE", "PUNSUBSCRIBE", "SSUBSCRIBE",
    "SUNSUBSCRIBE", "MONITOR",    "SELECT",     "AUTH",  "HELLO",   "RESET",     "QUIT",        "SYNC",       "PSYNC"};

}  // namespace

command_kind kind_of(const std::vector<std::string>& words)
{
    const auto named   = [&](std::string_view name) { return is(words.front(), name); };
    const auto with    = [&](std::string_view word) {
        return std::any_of(words.begin() + 1, words.end(), [&](const auto& each) { return is(each, word); });
    };
    if (std::ranges::any_of(always_block, named)) return command_kind::blocking;
    if ((named("XREAD") || named("XREADGROUP")) && with("BLOCK")) return command_kind::blocking;
    if (std::ranges::any_of(never_share, named)) return command_kind::unshared;
    if (named("CLIENT") && (with("REPLY") || with("TRACKING"))) return command_kind::unshared;
    return command_kind::plain;
}

void append_command(std::string& bytes, const std::vector<std::string>& words)
{
    std::vector<const char*> pointers;
    std::vector<std::size_t> sizes;
    for (const auto& each : words) {
        pointers.push_back(each.data());
        sizes.push_back(each.size());
    }
    char*     raw    = nullptr;
    const int length = redisFormatCommandArgv(&raw, static_cast<int>(words.size()), pointers.data(), sizes.data());
    if (length < 0) throw std::bad_alloc();
    const std::unique_ptr<char, void (*)(char*)> owned(raw, &redisFreeCommand);
    bytes.append(raw, static_cast<std::size_t>(length));
}

}  // namespace curfew::redis::detail
