//! Everything that is parsed from text.
use super::funnel::events;
use super::kpi::use_tree;
use super::*;
use std::fmt::{Debug, Display};
use std::str::FromStr;

fn again<T: FromStr + Display + PartialEq + Debug>(c: &mut Session, text: &str, alike: fn(&T, &mut Random))
where
    T::Err: Display,
{
    match text.parse::<T>() {
        Err(e) => {
            let e = e.to_string();
            ensure!(e.len() < 2_000, "an error of {} bytes for a text of {}", e.len(), text.len());
        }
        Ok(v) => {
            c.accepted += 1;
            let s = v.to_string();
            match s.parse::<T>() {
                Ok(w) => {
                    ensure!(
                        w == v,
                        "TEXT {}: `{text}` -> `{s}` is another value",
                        std::any::type_name::<T>()
                    );
                    ensure!(w.to_string() == s, "TEXT {} not stable", std::any::type_name::<T>())
                }
                Err(_) => {
                    found(format!("TEXT {}: what was written does not read", std::any::type_name::<T>()))
                }
            }
            alike(&v, &mut c.random);
        }
    }
}
fn nothing<T>(_: &T, _: &mut Random) {}
macro_rules! text {
    ($out:ident, $type:ty, $use:expr, [$($t:expr),*]) => {
        $out.push(Probe { name: format!("text {}", stringify!($type)), source: Source::Text(vec![$($t.to_string()),*]), run: |c, t| again::<$type>(c, t, $use) });
    };
}
pub fn register(out: &mut Vec<Probe>) {
    text!(
        out,
        Money,
        |v, r| use_money(*v, r),
        [
            "1000000 CNY",
            "-5 JPY",
            "4,216,138.98 CNY",
            "0.001 BHD",
            "1e3 CNY",
            "79228162514264337593543950335 JPY",
            "CNY 5",
            "+5 CNY"
        ]
    );
    text!(out, Currency, nothing, ["CNY", "JPY", "cny"]);
    text!(out, Count, nothing, ["5", "18446744073709551615", "1,000", "-0"]);
    text!(out, Share, nothing, ["40 %", "0.4", "100%", "1e-28"]);
    text!(
        out,
        Ratio,
        |v, r| use_ratio(*v, r),
        ["24/25", "-1/3", "0.96", "340282366920938463463374607431768211455/2", "1e5", "50%"]
    );
    text!(
        out,
        Unit,
        nothing,
        ["CNY/1000 impression", "CNY/order", "%", "1", "a*b/c/d", "CNY2", "10^6 x", "1000 x/y", "x/1000 y"]
    );
    text!(out, Quantity, nothing, ["131.25 CNY/order", "4%", "-0.5", "5 CNY", "1e5 x", "5 1000 x"]);
    text!(
        out,
        Period,
        use_period,
        [
            "2026",
            "2026-Q3",
            "2026-H2",
            "2026-07",
            "2026-07-01",
            "2026-W27",
            "FY2026-Q1 from 04 by start",
            "2026-05-02/2026-05-20",
            "FY2027-H2 from 04 by end",
            "FY2027 from 04 by end"
        ]
    );
    text!(
        out,
        Deadline,
        use_deadline,
        [
            "10 days after period start, rolled forward",
            "10 workdays after period start, start day counted, rolled forward",
            "every Friday",
            "last workday before next period start",
            "3 months before period end, rolled back",
            "every 2 weeks from period start",
            "1 day before period end",
            "every 3 workdays after period start, skipped",
            "30 days after period end, rolled forward within the period",
            "the day before period start"
        ]
    );
    text!(
        out,
        Timestamp,
        nothing,
        [
            "1970-01-01T00:00:00Z",
            "2026-07-01T12:30:59Z",
            "2026-07-01T12:30:59+08:00",
            "9999-12-31T23:59:59Z",
            "0001-01-01T00:00:00Z",
            "2026-07-01 12:30:59",
            "2026-07-01T12:30:59.5Z"
        ]
    );
    text!(
        out,
        Duration,
        nothing,
        [
            "15 minutes",
            "0 seconds",
            "2 hours",
            "1 day",
            "90 seconds",
            "1 hour 30 minutes",
            "18446744073709551615 seconds"
        ]
    );
    text!(out, WeekMask, nothing, ["1111100", "0000000"]);
    text!(
        out,
        marketloop::target::Target,
        use_target,
        [
            "at least 25 %",
            "at most 80 CNY/customer, inverse",
            "between 40 and 60 %, linear",
            "at least -3.5",
            "at most 0, linear",
            ">= 5"
        ]
    );
    text!(
        out,
        marketloop::quantity::Return<marketloop::quantity::Revenue>,
        nothing,
        ["1:3.2", "3.2", "1:0", "1:16/3", "-1:2"]
    );
    text!(
        out,
        marketloop::funnel::WindowFunnelModes,
        nothing,
        ["default", "strict_order+allow_reentry", "strict_once+strict_increase", "strict_deduplication"]
    );
    text!(
        out,
        marketloop::funnel::Pattern,
        |p, r| {
            let (u, t, m, _) = events(r);
            if let Ok(e) = marketloop::funnel::Events::new(&u, &t, &m) {
                let _ = (p.matches(&e).is_ok(), p.count(&e).is_ok());
            }
        },
        ["(?1)(?t<=60)(?2).*", "(?1).*(?2)", ".", "(?1)(?t>=1)(?t<5)(?2)", "(?32)", ".*.*.*(?1)"]
    );
    text!(
        out,
        marketloop::kpi::KpiTree,
        use_tree,
        [
            "sales [CNY] = visitors * cvr * aov\nvisitors [visitor] = search + social\ncvr [order/visitor], aov [CNY/order]",
            "y = (a + b) / (c - 2) * -a\na, b, c",
            "y = sum(a.*)\na.x, a.y\n",
            "a = b; b {stock, owner Li} = 3 [CNY] * c; c",
            "y = a - b - c + 1\na {unique}, b {lower}\nc",
            "y [%] = a / b\na, b {ratio}",
            "`x y` = sum(a, b * 2, -c)\na,b,c",
            "y = a*a*a*a\na",
            "y = 79228162514264337593543950335 * a\na",
            "y = a / (b - b)\na, b",
            "y [1000 x] = a [x]\n a [x]",
            "y = 1/a + 1/b\na [x],b [x]"
        ]
    );
    text!(
        out,
        marketloop::decision::CellTest,
        nothing,
        [
            "-",
            "\"kol\", \"paid\"",
            "[0.5..2)",
            "not(4)",
            ">= 5",
            "< -3",
            "true",
            "(0..1]",
            "1, 2, [3..4]",
            "not(\"a\", \"b\")",
            "< 2026-07-01",
            "[2026-07-01..2026-09-30], 2026-12-24",
            ">= 3 days, [15 minutes..2 hours)",
            "missing",
            "given",
            "missing, not(\"a\")",
            "not(missing, < 2)",
            "contains \"kol\" and none (\"koc\", \"a\")",
            "contains any (\"a\", \"b\"), contains all ()"
        ]
    );
    text!(
        out,
        marketloop::decision::CellValue,
        nothing,
        ["\"a\"", "5", "true", "-0.5", "\"a\\\"b\"", "2026-07-01", "72 hours"]
    );
}
