//! Moments as the field `rotated` writes them: RFC 3339 in UTC, to the second.

/// Whether `text` is `YYYY-MM-DDThh:mm:ssZ` and such a moment exists. There is no year 0, and no second 60: which minutes
/// had one is not known in advance, and no system clock counts them.
pub fn is_moment(text: &str) -> bool {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2, b'Z'] =
        text.as_bytes()
    else {
        return false;
    };
    let number = |digits: &[u8]| {
        digits
            .iter()
            .try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u64::from(digit - b'0')))
    };
    let date = (number(&[y1, y2, y3, y4]), number(&[m1, m2]), number(&[d1, d2]));
    let time = (number(&[h1, h2]), number(&[n1, n2]), number(&[s1, s2]));
    let (Some(1..=9999), Some(1..=12), Some(day @ 1..)) = date else { return false };
    let is_date = date.0.zip(date.1).is_some_and(|(year, month)| day <= days_of(year, month));
    is_date && matches!(time, (Some(0..=23), Some(0..=59), Some(0..=59)))
}

/// The text of the moment `seconds` after 1970-01-01T00:00:00Z, leap seconds not counted; from the year 10000 on, the
/// last moment of 9999.
pub fn moment_at(seconds: u64) -> String {
    const LAST: u64 = 253_402_300_799;
    let seconds = seconds.min(LAST);
    let mut days = seconds / 86_400;
    let (mut year, mut month) = (1970, 1);
    while days >= days_of_year(year) {
        days -= days_of_year(year);
        year += 1;
    }
    while days >= days_of(year, month) {
        days -= days_of(year, month);
        month += 1;
    }
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z", days + 1)
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400)
}

fn days_of_year(year: u64) -> u64 {
    if is_leap(year) { 366 } else { 365 }
}

fn days_of(year: u64, month: u64) -> u64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_one_that_exists() {
        for text in
            ["2026-11-21T10:00:00Z", "2024-02-29T23:59:59Z", "2000-02-29T00:00:00Z", "9999-12-31T23:59:59Z"]
        {
            assert!(is_moment(text), "{text}");
        }
        for text in [
            "2026-02-29T10:00:00Z",
            "1900-02-29T10:00:00Z",
            "2026-04-31T10:00:00Z",
            "2026-13-01T10:00:00Z",
            "2026-00-01T10:00:00Z",
            "2026-01-00T10:00:00Z",
            "0000-01-01T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "2016-12-31T23:59:60Z",
            "2026-01-01T00:00:00z",
            "2026-01-01t00:00:00Z",
            "2026-01-01 00:00:00Z",
            "2026-01-01T00:00:00+00:00",
            "2026-01-01T00:00:00.0Z",
            "2026-01-01T00:00:00",
            "2026-1-01T00:00:00Z",
            "+026-01-01T00:00:00Z",
            "2026-01-01T00:00:0\u{663}",
            "",
        ] {
            assert!(!is_moment(text), "{text}");
        }
    }

    #[test]
    fn seconds_become_moments() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_795_258_555, "2026-11-21T10:55:55Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
            (u64::MAX, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(moment_at(seconds), text);
            assert!(is_moment(text));
        }
    }
}
