//! Lengths of time on the command line: `30s`, `15m`, `1h`, `90d`, `2w`.

use std::time::Duration;

/// Reads a whole number and a unit.
///
/// # Errors
/// What to write instead.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no length of time: write a number and a unit, such as 30s, 15m, 1h, 90d or 2w");
    let text = text.trim();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        'w' => 7 * 24 * 60 * 60,
        _ => return Err(wrong()),
    };
    let count = text.strip_suffix(unit).unwrap_or_default();
    // `parse` would take a sign as well.
    if count.is_empty() || !count.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let count: u64 = count.parse().map_err(|_| wrong())?;
    count.checked_mul(seconds).map(Duration::from_secs).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_a_number_and_a_unit() {
        for (text, seconds) in
            [("30s", 30), ("15m", 900), ("1h", 3_600), ("90d", 7_776_000), ("2w", 1_209_600), ("0s", 0)]
        {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for bad in [
            "",
            "h",
            "1",
            "1.5h",
            "-1h",
            "+1h",
            "1 h",
            "1y",
            "1hh",
            "h1",
            "é",
            "1é",
            "99999999999999999999s",
            "99999999999999999w",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
