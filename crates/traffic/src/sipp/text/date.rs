//! The form of a Date header field.

/// Appends seconds since 1970 as RFC 3261 20.17 has them: `Sat, 13 Nov 2010 23:29:00 GMT`.
pub(super) fn push_http_date(out: &mut Vec<u8>, seconds: u64) {
    const DAYS: &[u8; 21] = b"ThuFriSatSunMonTueWed";
    const MONTHS: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let days = seconds / 86_400;
    let of_day = seconds % 86_400;
    let (year, month, day) = civil(days);
    let weekday = (days % 7) as usize * 3;
    out.extend_from_slice(&DAYS[weekday..weekday + 3]);
    out.extend_from_slice(b", ");
    push_two(out, day);
    out.push(b' ');
    let month = month as usize * 3;
    out.extend_from_slice(&MONTHS[month..month + 3]);
    out.push(b' ');
    push_two(out, year / 100);
    push_two(out, year % 100);
    for (mark, part) in [
        (b' ', of_day / 3_600),
        (b':', of_day / 60 % 60),
        (b':', of_day % 60),
    ] {
        out.push(mark);
        push_two(out, part);
    }
    out.extend_from_slice(b" GMT");
}

fn push_two(out: &mut Vec<u8>, number: u64) {
    out.push(b'0' + (number / 10 % 10) as u8);
    out.push(b'0' + (number % 10) as u8);
}

/// Year, month from 0 and day from 1 of a day since 1 January 1970.
fn civil(days: u64) -> (u64, u64, u64) {
    // Years begin in March, so that a leap day is the last of its year; eras have 400 years.
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let is_next_year = u64::from(month >= 10);
    (era * 400 + year + is_next_year, (month + 2) % 12, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (seconds, expected) in [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (951_827_696, "Tue, 29 Feb 2000 12:34:56 GMT"),
            (1_289_690_940, "Sat, 13 Nov 2010 23:29:00 GMT"),
            (1_704_067_199, "Sun, 31 Dec 2023 23:59:59 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        ] {
            let mut out = Vec::new();
            push_http_date(&mut out, seconds);
            assert_eq!(String::from_utf8_lossy(&out), expected);
        }
    }
}
