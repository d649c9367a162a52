// Names and values in a query or a form (`application/x-www-form-urlencoded`).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace curfew {

/// Names one parameter, decoded.
struct query_param
{
    std::string name;
    std::string value;

    friend bool operator==(const query_param&, const query_param&) = default;
};

/// Holds the parameters of a query or form, decoded, in order; a name may occur more than once. Names are
/// case-sensitive.
///
/// Distinct objects: safe. Shared objects: safe to read.
/// Lifetime: views returned are valid as long as the object.
class query_params
{
public:
    using value_type = query_param;
    using const_iterator = std::vector<query_param>::const_iterator;

    query_params() noexcept {}
    explicit query_params(std::vector<query_param> params) noexcept : params_(std::move(params)) {}

    /// Returns the value of the first parameter of this name, if there is one; `?a` gives an empty value.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;

    /// Returns the values of all parameters of this name, in order.
    [[nodiscard]] std::vector<std::string_view> find_all(std::string_view name) const;

    [[nodiscard]] const_iterator begin() const noexcept { return params_.begin(); }
    [[nodiscard]] const_iterator end() const noexcept { return params_.end(); }
    [[nodiscard]] std::size_t size() const noexcept { return params_.size(); }
    [[nodiscard]] bool empty() const noexcept { return params_.empty(); }

private:
    std::vector<query_param> params_;
};

/// Decodes a query (without its `?`) or the body of a form: `a=1&b=two+words`. Empty pieces are skipped.
///
/// Returns: nothing if a percent-encoding is malformed.
[[nodiscard]] std::optional<query_params> parse_query(std::string_view text);

/// Encodes parameters so that `parse_query` reads them back.
[[nodiscard]] std::string format_query(const query_params& params);

} // namespace curfew
