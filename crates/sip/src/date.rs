//! The form of Date (RFC 3261 20.17): RFC 1123's, always in GMT.

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const DAY_S: u64 = 86_400;
/// Days of 400 years, after which the calendar repeats.
const CYCLE_DAYS: u64 = 146_097;
/// From 1 March of the year 0 to 1 January 1970.
const EPOCH_DAYS: u64 = 719_468;

/// A moment, in seconds since 1970 began, as Date writes it: `Sat, 13 Nov 2010 23:29:00 GMT`.
pub fn date_text(epoch_s: u64) -> String {
    let (days, second) = (epoch_s / DAY_S, epoch_s % DAY_S);
    let (year, month, day) = civil(days);
    let day_name = DAYS[(days % 7) as usize];
    let month = MONTHS[month as usize - 1];
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{day_name}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

/// Reads what [`date_text`] writes. `None` for anything else, and for what was before 1970. The name
/// of the day is not compared: the rest says it all.
pub fn parse_date(text: &str) -> Option<u64> {
    let (_, rest) = text.trim().split_once(',')?;
    let mut words = rest.split_ascii_whitespace();
    let day: u64 = words.next()?.parse().ok()?;
    let month = words.next()?;
    let month = MONTHS
        .iter()
        .position(|name| name.eq_ignore_ascii_case(month))?;
    let year: u64 = words.next()?.parse().ok()?;
    let mut clock = words.next()?.splitn(3, ':');
    let mut next = |max: u64| {
        let part = clock.next()?;
        let number: u64 = part.parse().ok()?;
        (part.len() == 2 && number <= max).then_some(number)
    };
    let (hour, minute) = (next(23)?, next(59)?);
    // A leap second counts as the one after it.
    let second = next(60)?;
    let zone = words.next()?;
    let month = month as u64 + 1;
    let days = days_since_epoch(year, month, day)?;
    // A day that the month does not have comes back as another one.
    let whole = civil(days) == (year, month, day);
    let fits = whole && zone == "GMT" && words.next().is_none() && year <= 9999;
    fits.then(|| days * DAY_S + hour * 3600 + minute * 60 + second)
}

/// Year, month and day of so many days after 1 January 1970. Years begin in March here, so that the
/// leap day is the last of its year.
const fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + EPOCH_DAYS;
    let (cycle, of_cycle) = (days / CYCLE_DAYS, days % CYCLE_DAYS);
    let of_year = of_cycle - of_cycle / 1460 + of_cycle / 36_524 - of_cycle / 146_096;
    let year = of_year / 365;
    let day_of_year = of_cycle - (365 * year + year / 4 - year / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    let year = cycle * 400 + year + (month <= 2) as u64;
    (year, month, day)
}

/// The opposite.
fn days_since_epoch(year: u64, month: u64, day: u64) -> Option<u64> {
    if year > 9999 || day == 0 || day > 31 {
        return None;
    }
    let (year, march_month) = if month <= 2 {
        (year.checked_sub(1)?, month + 9)
    } else {
        (year, month - 3)
    };
    let day_of_year = (153 * march_month + 2) / 5 + day - 1;
    let of_cycle = year % 400;
    let days = of_cycle * 365 + of_cycle / 4 - of_cycle / 100 + day_of_year;
    (year / 400 * CYCLE_DAYS + days).checked_sub(EPOCH_DAYS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_and_read() {
        let table = [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_289_690_940, "Sat, 13 Nov 2010 23:29:00 GMT"),
            (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
        ];
        for (epoch_s, text) in table {
            assert_eq!(date_text(epoch_s), text);
            assert_eq!(parse_date(text), Some(epoch_s), "{text}");
        }
        for epoch_s in (0..5_000_000_000).step_by(86_400 * 13 + 7) {
            assert_eq!(parse_date(&date_text(epoch_s)), Some(epoch_s));
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "Sat, 13 Nov 2010 23:29:00",
            "Sat, 13 Nov 2010 23:29:00 CET",
            "Sat, 13 Nov 2010 23:29 GMT",
            "Sat, 13 Nov 2010 24:00:00 GMT",
            "Sat, 13 Nov 2010 1:00:00 GMT",
            "Tue, 29 Feb 2100 00:00:00 GMT",
            "Sat, 00 Nov 2010 00:00:00 GMT",
            "Sat, 13 Nov 99999999999 00:00:00 GMT",
            "Fri, 01 Jan 1960 00:00:00 GMT",
            "Thu, 01 Jan 0000 00:00:00 GMT",
            "Sat, 13 Nov 2010 23:29:00 GMT again",
            "1289690940",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }
}
