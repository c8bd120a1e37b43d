//! Actions.

use crate::marked::{acting, refuses, warns};

const REFUSED: &[(&str, &str)] = &[
    ("<«asign»/>", "unknown-action: there is no action `<asign>`"),
    (
        "<«log»/>",
        "missing-attribute: `<log>` needs the attribute `message`",
    ),
    (
        "<«assign» assign_to=\"a\"/>",
        "missing-attribute: `<assign>` needs `value` or `variable`",
    ),
    (
        "<assign assign_to=\"a\" value=\"1\" «variable»=\"b\"/>",
        "two-operands: `value` and `variable` exclude each other",
    ),
    (
        "<add assign_to=\"a\" value=\"«x»\"/>",
        "bad-number: `x` of `value` is not a number",
    ),
    (
        "<divide assign_to=\"a\" value=\"«0»\"/>",
        "divide-by-zero: a division by zero",
    ),
    (
        "<test assign_to=\"a\" variable=\"b\" compare=\"«equals»\" value=\"1\"/>",
        "bad-value: `equals` is no value of `compare`: `equal`, `not_equal`, `greater_than`, `less_than`, `greater_than_equal`, `less_than_equal` are",
    ),
    (
        "<«test» variable=\"b\" compare=\"equal\" value=\"1\"/>",
        "missing-attribute: `<test>` needs the attribute `assign_to`",
    ),
    (
        "<test assign_to=\"a\" variable=\"b\" compare=\"equal\" value=\"1\" «variable2»=\"c\"/>",
        "two-operands: `value` and `variable2` exclude each other",
    ),
    (
        "<«strcmp» assign_to=\"a\" variable=\"b\"/>",
        "missing-attribute: `<strcmp>` needs `value` or `variable2`",
    ),
    (
        "<test check_it=\"true\" «check_it_inverse»=\"true\" variable=\"b\" compare=\"equal\" value=\"1\"/>",
        "two-checks: `check_it` and `check_it_inverse` exclude each other",
    ),
    (
        "<gettimeofday assign_to=\"«a»\"/>",
        "bad-value: `<gettimeofday>` needs two variables: seconds and microseconds",
    ),
    (
        "<«sample» assign_to=\"a\"/>",
        "missing-attribute: `<sample>` needs the attribute `distribution`",
    ),
    (
        "<setdest host=\"h\" port=\"1\" protocol=\"«upd»\"/>",
        "bad-value: there is no protocol `upd`",
    ),
    (
        "<ereg regexp=\"x\" search_in=\"«heder»\" assign_to=\"a\"/>",
        "bad-value: `heder` is no value of `search_in`: `msg`, `hdr`, `body`, `var` are",
    ),
    (
        "<«ereg» regexp=\"x\" search_in=\"hdr\" assign_to=\"a\"/>",
        "missing-attribute: `<ereg>` needs the attribute `header`",
    ),
    (
        "<«ereg» regexp=\"x\"/>",
        "missing-attribute: `<ereg>` needs the attribute `assign_to`",
    ),
    (
        "<ereg regexp=\"()()()()()()()()()()\" assign_to=\"«a,a,a,a,a,a,a,a,a,a,a»\"/>",
        "too-many: `assign_to` has room for the match and 9 groups",
    ),
    (
        "<ereg regexp=\"x\" search_in=\"hdr\" header=\"«»\" assign_to=\"a\"/>",
        "missing-attribute: `header` is empty",
    ),
    ("<«exec»/>", "missing-attribute: `<exec>` has nothing to do"),
    (
        "<exec play_pcap_audio=\"«[sound]»\"/>",
        "unknown-keyword: there is no value `sound` on the command line",
    ),
    (
        "<exec rtp_stream=\"«apattern,7,8,PCMA/8000»\"/>",
        "bad-value: a pattern has a number from 1 to 6",
    ),
    (
        "<exec rtp_stream=\"«»\"/>",
        "bad-value: `rtp_stream` needs a file or a command",
    ),
    (
        "<exec play_pcap_image=\"«»\"/>",
        "bad-value: the name of the capture is empty",
    ),
    (
        "<exec rtp_echo=\"«startaduio,8»\"/>",
        "bad-value: `startaduio` is no command of `rtp_echo`",
    ),
    (
        "<insert file=\"«[$a]»\" value=\"x\"/>",
        "bad-file: the name of an injection file must be known before the run",
    ),
];

#[test]
fn actions_that_are_refused() {
    for (actions, expected) in REFUSED {
        refuses(&acting(actions), expected);
    }
    refuses(
        &acting("<ereg regexp=\"«a{1,x»\" assign_to=\"a\"/>"),
        "bad-regex: bad regular expression: `{` without `}`",
    );
}

#[test]
fn actions_that_are_warned_of() {
    let cases = [
        (
            "<log message=\"x\" «mesage»=\"y\"/>",
            "unknown-attribute: `<log>` has no attribute `mesage`: it has no effect",
        ),
        (
            "<log message=\"x\"><«b»/></log>",
            "unknown-element: `<log>` has no `<b>`: it has no effect",
        ),
        (
            "<exec int_cmd=\"«stop»\"/>",
            "bad-value: `stop` is no command: it is taken for `stop_call`",
        ),
        (
            "<exec command=\"x\" «int_cmd»=\"stop_now\"/>",
            "no-effect: `int_cmd` has no effect beside `command`",
        ),
        (
            "<ereg regexp=\"x\" «header»=\"From:\" assign_to=\"a\"/>",
            "no-effect: `header` has no effect without search_in=\"hdr\"",
        ),
        (
            "<ereg regexp=\"x\" «variable»=\"b\" assign_to=\"a\"/>",
            "no-effect: `variable` has no effect without search_in=\"var\"",
        ),
        (
            "<ereg regexp=\"(x)\" assign_to=\"«a,b,c»\"/>",
            "missing-group: the expression has one group: the last variables get nothing",
        ),
        (
            "<ereg regexp=\"x\" search_in=\"hdr\" header=\"X\" occurrence=\"«0»\" assign_to=\"a\"/>",
            "bad-number: `0` is no number from 1: it is taken as 1",
        ),
    ];
    for (actions, expected) in cases {
        warns(&acting(actions), expected);
    }
}
