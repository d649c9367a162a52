// Names and values of `application/x-www-form-urlencoded`: form bodies, and query strings.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace curfew {

/// Holds decoded names and values in the order in which they were sent. A name may occur more than once.
class form {
public:
    using value_type = std::pair<std::string, std::string>;

    form() {}
    /// Decodes `text`. A `%` that begins no encoded byte stands for itself, as in browsers.
    explicit form(std::string_view text);

    /// The first value of this name, or `fallback` if there is none.
    std::string                get(std::string_view name, std::string_view fallback = {}) const;
    std::optional<std::string> find(std::string_view name) const;
    /// All values of this name, in order.
    std::vector<std::string>   find_all(std::string_view name) const;

    auto begin() const noexcept { return values_.begin(); }
    auto end() const noexcept { return values_.end(); }
    bool empty() const noexcept { return values_.empty(); }

private:
    std::vector<value_type> values_;
};

}  // namespace curfew
