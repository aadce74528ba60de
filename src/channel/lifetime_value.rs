//! What a customer is worth over time, against the cost of winning one.

use super::ChannelError;
use crate::figure::{Cause, Cell, Figure, Table, beside};
use crate::quantity::wire::wire_fields;
use crate::quantity::{Count, Currency, Money, QuantityError, Ratio, Rounding, Share};
use crate::time::Grain;
use alloc::string::ToString;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A customer's lifetime value (LTV): the gross margin on all orders from the first one on, while each period a
/// constant share of customers stays. Exact.
///
/// Orders of the first period count in full: the customer is won at its start. Those of a later period count for the
/// customers who are left, and are discounted where a [discount rate](Self::with_discount) is set. Without churn and
/// discount there is a value up to a [horizon](Self::with_horizon) only.
///
/// # Formula
/// Margin of a period m = order value * gross margin * orders; q = retention / (1 + discount rate).
/// Without a horizon m / (1 - q); over n periods m (1 - q^n) / (1 - q), or n m where q is 1. Less the first period
/// it is the margin multiple m r / (1 + i - r) of Gupta and Lehmann (2003, Customers as Assets; 2005, Managing
/// Customers as Investments): [`after_first_period`](Self::after_first_period).
///
/// # Examples
/// ```
/// use marketloop::channel::LifetimeValue;
/// use marketloop::quantity::Share;
/// use marketloop::time::Grain;
///
/// // 160 CNY an order, half of it gross margin, 3 orders in 2 quarters, 60 % of customers stay: 120 / (1 - 0.6).
/// let (margin, stay) = (Share::percent(50)?, Share::percent(60)?);
/// let customer = LifetimeValue::new("160 CNY".parse()?, margin, "3/2".parse()?, stay, Grain::Quarter)?;
/// assert_eq!(customer.value().get()?, "300".parse()?);
/// assert_eq!(customer.per_cost("50".parse()?).get()?, "6".parse()?); // LTV : CAC is 6 : 1
/// assert_eq!(customer.periods_to_pay_back("180".parse()?).get()?, 2); // 120 + 72 CNY
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::channel::LifetimeValue;
/// let json = r#"{"order_value":{"amount":"160.00","currency":"CNY"},"gross_margin":"0.5","orders":"3/2","retention":"0.6","period":"quarter"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<LifetimeValue>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
#[doc(alias = "LTV")]
#[doc(alias = "CLV")]
#[doc(alias = "客户终身价值")]
pub struct LifetimeValue {
    order_value: Money,
    gross_margin: Share,
    orders: Ratio,
    retention: Share,
    period: Grain,
    discount: Share,
    horizon: Option<u32>,
}

/// The value on the wire, not checked yet.
struct Wire {
    order_value: Money,
    gross_margin: Share,
    orders: Ratio,
    retention: Share,
    period: Grain,
    discount: Share,
    horizon: Option<u32>,
}

fn is_none(discount: &Share) -> bool {
    discount.value().is_zero()
}

fn no_discount() -> Share {
    Share::ZERO
}

wire_fields!(
    "LifetimeValue",
    Wire {
        order_value,
        gross_margin,
        orders,
        retention,
        period,
        discount: unless(is_none, no_discount),
        horizon: optional,
    }
);

const VALUE: &str = "lifetime value";

impl LifetimeValue {
    /// The value of a customer who orders for `order_value` on average, `orders` times in a `period`, and with
    /// probability `retention` is one in the next period, too.
    ///
    /// # Errors
    /// [`ChannelError::NegativeAmount`] of the order value; [`ChannelError::NegativeOrders`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::LifetimeValue;
    /// use marketloop::quantity::Share;
    /// use marketloop::time::Grain;
    ///
    /// let all = Share::percent(100)?;
    /// let customer = LifetimeValue::new("9 CNY".parse()?, all, "1".parse()?, Share::percent(0)?, Grain::Month)?;
    /// assert_eq!(customer.value().get()?, "9".parse()?); // nobody comes back
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new(
        order_value: Money,
        gross_margin: Share,
        orders: Ratio,
        retention: Share,
        period: Grain,
    ) -> Result<Self, ChannelError> {
        if order_value.is_negative() {
            return Err(ChannelError::NegativeAmount { amount: order_value });
        }
        if orders.is_negative() {
            return Err(ChannelError::NegativeOrders { orders });
        }
        let (discount, horizon) = (no_discount(), None);
        Ok(Self { order_value, gross_margin, orders, retention, period, discount, horizon })
    }

    /// Values a margin of the next period less by this rate per period: at 2 % 102 CNY then are worth 100 CNY now.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::LifetimeValue;
    /// use marketloop::quantity::Share;
    /// use marketloop::time::Grain;
    ///
    /// let all = Share::percent(100)?;
    /// let loyal = LifetimeValue::new("2 CNY".parse()?, all, "1".parse()?, all, Grain::Quarter)?;
    /// // Nobody leaves: only the discount ends the sum of 2 + 2 / 1.02 + 2 / 1.02^2 ...
    /// assert!(loyal.value().is_undefined());
    /// assert_eq!(loyal.with_discount(Share::percent(2)?).value().get()?, "102".parse()?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn with_discount(self, discount: Share) -> Self {
        Self { discount, ..self }
    }

    /// Counts the first `periods` periods only.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::LifetimeValue;
    /// use marketloop::quantity::Share;
    /// use marketloop::time::Grain;
    ///
    /// let all = Share::percent(100)?;
    /// let loyal = LifetimeValue::new("2 CNY".parse()?, all, "1".parse()?, all, Grain::Quarter)?;
    /// assert_eq!(loyal.with_horizon(8).value().get()?, "16".parse()?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn with_horizon(self, periods: u32) -> Self {
        Self { horizon: Some(periods), ..self }
    }

    /// The currency of all amounts.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.order_value.currency()
    }

    /// The period of orders, retention and discount.
    #[must_use]
    pub const fn period(&self) -> Grain {
        self.period
    }

    /// The gross margin on the orders of one period, in main units; undefined beyond 128 bits.
    #[must_use]
    pub fn margin_of_period(&self) -> Figure<Ratio> {
        figure("margin of a period", self.margin())
    }

    fn margin(&self) -> Result<Ratio, QuantityError> {
        let order = Ratio::from(self.order_value.amount()).times(Ratio::from(self.gross_margin.value()))?;
        order.times(self.orders)
    }

    /// By what a margin of one period counts in the next: retention / (1 + discount rate).
    fn factor(&self) -> Result<Ratio, QuantityError> {
        Ratio::from(self.retention.value()).divided_by(Ratio::ONE.plus(Ratio::from(self.discount.value()))?)
    }

    /// The lifetime value in main units: gross margin, the first period's with it. Undefined without churn, discount or
    /// horizon, and where the fraction needs more than 128 bits.
    #[must_use]
    pub fn value(&self) -> Figure<Ratio> {
        let sum = || -> Result<Option<Ratio>, QuantityError> {
            let (margin, factor) = (self.margin()?, self.factor()?);
            let left = Ratio::ONE.minus(factor)?;
            let Some(periods) = self.horizon else {
                return if left.is_zero() { Ok(None) } else { margin.divided_by(left).map(Some) };
            };
            if left.is_zero() {
                return margin.times(Ratio::from(Decimal::from(periods))).map(Some);
            }
            let part = Ratio::ONE.minus(power(factor, periods)?)?.divided_by(left)?;
            margin.times(part).map(Some)
        };
        match figure(VALUE, sum()) {
            Figure::Known(Some(value)) => Figure::Known(value),
            Figure::Known(None) => {
                Figure::undefined(VALUE, Cause::None("churn, discount or horizon that ends the sum".into()))
            }
            Figure::Missing(what) => Figure::Missing(what),
            Figure::Undefined(why) => Figure::Undefined(why),
        }
    }

    /// The lifetime value without the orders of the first period: what the customer is worth once the first ones are
    /// paid for (Gupta and Lehmann's margin multiple, times the margin).
    #[must_use]
    pub fn after_first_period(&self) -> Figure<Ratio> {
        let first =
            if self.horizon == Some(0) { Figure::Known(Ratio::ZERO) } else { self.margin_of_period() };
        self.value().zip(first).and_then(|(value, first)| figure(VALUE, value.minus(first)))
    }

    /// LTV : CAC, the lifetime value for each unit of a customer's acquisition cost, which is in the
    /// [`currency`](Self::currency). Undefined at a cost that is not above 0.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::LifetimeValue;
    /// use marketloop::quantity::{Ratio, Share};
    /// use marketloop::time::Grain;
    ///
    /// let (margin, stay) = (Share::percent(50)?, Share::percent(20)?);
    /// let customer = LifetimeValue::new("164 CNY".parse()?, margin, "1".parse()?, stay, Grain::Quarter)?;
    /// assert_eq!(format!("{:.2}", customer.per_cost("40".parse()?).get()?), "2.56"); // 102.50 : 40
    /// let reason = "undefined: customer acquisition cost is zero";
    /// assert_eq!(customer.per_cost(Ratio::ZERO).to_string(), reason);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn per_cost(&self, acquisition_cost: Ratio) -> Figure<Ratio> {
        const NAME: &str = "LTV : CAC";
        if acquisition_cost.is_zero() {
            return Figure::undefined(NAME, Cause::Zero("customer acquisition cost".into()));
        }
        if acquisition_cost.is_negative() {
            return Figure::undefined(NAME, Cause::Negative("customer acquisition cost".into()));
        }
        self.value().and_then(|value| figure(NAME, value.divided_by(acquisition_cost)))
    }

    /// The number of periods until the margins, discounted as the value is, have paid the acquisition cost back: 1 where
    /// the first period's do. Undefined where they never do, or not within the horizon.
    ///
    /// Exact as long as the fractions fit into 128 bits; beyond that by logarithms, and undefined where those do not tell
    /// two periods apart. A cost that is not above 0 is paid back after 0 periods.
    ///
    /// # Formula
    /// The least n with m (1 - q^n) / (1 - q) >= cost.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::LifetimeValue;
    /// use marketloop::quantity::Share;
    /// use marketloop::time::Grain;
    ///
    /// let (margin, stay) = (Share::percent(50)?, Share::percent(60)?);
    /// let customer = LifetimeValue::new("40 CNY".parse()?, margin, "1".parse()?, stay, Grain::Month)?;
    /// // 20 + 12 + 7.20: the third month pays 39 CNY back, and all months together 50.
    /// assert_eq!(customer.periods_to_pay_back("39".parse()?).get()?, 3);
    /// assert!(customer.periods_to_pay_back("51".parse()?).is_undefined());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn periods_to_pay_back(&self, acquisition_cost: Ratio) -> Figure<u32> {
        const NAME: &str = "payback";
        let undefined = |cause| Figure::undefined(NAME, cause);
        let never = || undefined(Cause::NotReached("customer acquisition cost".into()));
        let most = self.horizon.unwrap_or(u32::MAX);
        let within = |periods: Option<u32>| {
            periods.filter(|periods| *periods <= most).map_or_else(never, Figure::Known)
        };
        if acquisition_cost.is_zero() || acquisition_cost.is_negative() {
            return Figure::Known(0);
        }
        let (Ok(margin), Ok(factor)) = (self.margin(), self.factor()) else {
            return undefined(Cause::OutOfRange);
        };
        if margin.is_zero() {
            return never();
        }
        if margin >= acquisition_cost {
            return within(Some(1));
        }
        let Ok(left) = Ratio::ONE.minus(factor) else { return undefined(Cause::OutOfRange) };
        if left.is_zero() {
            // The same margin in every period.
            let periods = acquisition_cost.divided_by(margin).and_then(|n| n.round((0, Rounding::Ceiling)));
            return periods.map_or_else(
                |_| undefined(Cause::OutOfRange),
                |periods| within(u32::try_from(periods).ok()),
            );
        }
        // What is still owed, as a share of all margins without an end.
        let paid = margin.divided_by(left).and_then(|all| acquisition_cost.divided_by(all));
        let Ok(owed) = paid.and_then(|paid| Ratio::ONE.minus(paid)) else {
            return undefined(Cause::OutOfRange);
        };
        // At 0 it would take all periods without an end.
        if owed.is_zero() || owed.is_negative() {
            return never();
        }
        // The least n with q^n at most what is owed. The denominator of q is 2 or more: 127 powers fit at most.
        let mut power = factor;
        for periods in 1..=u32::from(u8::MAX) {
            if power <= owed {
                return within(Some(periods));
            }
            let Ok(next) = power.times(factor) else { break };
            power = next;
        }
        by_logarithms(owed, factor).and_then(within)
    }

    /// A row for each channel, given by name, customer, how many customers it won and what it spent on that: what the
    /// value is made of, LTV : CAC, and when the cost is paid back. The row `all` has sums, and quotients of sums.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::LifetimeValue;
    /// use marketloop::quantity::{Count, Share};
    /// use marketloop::time::Grain;
    ///
    /// let customer = |value: &str, stay: u8| {
    ///     let (margin, stay) = (Share::percent(50)?, Share::percent(stay)?);
    ///     LifetimeValue::new(value.parse()?, margin, "1".parse()?, stay, Grain::Quarter).map_err(marketloop::Error::from)
    /// };
    /// let table = LifetimeValue::table([
    ///     ("search", customer("160 CNY", 60)?, Count::new(10), "500 CNY".parse()?),
    ///     ("video", customer("90 CNY", 50)?, Count::new(30), "1000 CNY".parse()?),
    /// ]);
    /// let cell = |row, column| table.get(row, column).unwrap();
    /// assert_eq!(cell("search", "LTV : CAC").value.as_deref(), Some("4.00")); // 200 : 50
    /// assert_eq!(cell("search", "paid back after").unit, "quarter");
    /// assert_eq!(cell("all", "lifetime value (gross margin)").value.as_deref(), Some("117.50")); // 4,700 / 40
    /// assert_eq!(cell("all", "LTV : CAC").value.as_deref(), Some("3.13")); // 4,700 / 1,500
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table<K: fmt::Display>(channels: impl IntoIterator<Item = (K, Self, Count, Money)>) -> Table {
        let mut table = Table::new("channel");
        let mut sums: Option<(Money, Count, Figure<Ratio>)> = None;
        for (name, customer, won, spend) in channels {
            let name = name.to_string();
            let (name, period) = (beside(&name, &[ALL]), customer.period);
            let orders = Cell { unit: alloc::format!("order/{period}").into(), ..customer.orders.into() };
            table.push(&name, "average order value", customer.order_value);
            table.push(&name, "gross margin", customer.gross_margin);
            table.push(&name, "orders", orders);
            table.push(&name, "retention", customer.retention);
            if !customer.discount.value().is_zero() {
                table.push(&name, "discount rate", customer.discount);
            }
            let times = |value: Ratio| figure(VALUE, value.times(Ratio::from(won.to_decimal())));
            let all = customer.value().and_then(times);
            let cost = push_totals(&mut table, &name, (won, spend, &all));
            let back = cost.and_then(|cost| customer.periods_to_pay_back(cost));
            table.push(&name, "paid back after", back.map(|periods| Cell::new(periods, period.to_string())));
            sums = match sums {
                None => Some((spend, won, all)),
                // Amounts that cannot be added have no total.
                Some((spent, customers, value)) => {
                    spent.plus(spend).ok().zip(customers.plus(won).ok()).map(|(spent, customers)| {
                        let both = |(one, other): (Ratio, Ratio)| figure(VALUE, one.plus(other));
                        (spent, customers, value.zip(all).and_then(both))
                    })
                }
            };
        }
        if let Some((spend, won, value)) = sums {
            push_totals(&mut table, ALL, (won, spend, &value));
        }
        table
    }
}

/// The row of all channels.
const ALL: &str = "all";

/// What a number of customers cost and are worth, in all and each; gives the cost of each.
fn push_totals(
    table: &mut Table,
    name: &str,
    (won, spend, all): (Count, Money, &Figure<Ratio>),
) -> Figure<Ratio> {
    let code = spend.currency().to_string();
    let money = |amount: Ratio| Cell::new(format_args!("{amount:.2}"), code.clone());
    let customers = Ratio::from(won.to_decimal());
    let each = |name: &'static str, all: Ratio| {
        if won == Count::ZERO {
            return Figure::undefined(name, Cause::Zero("customers".into()));
        }
        figure(name, all.divided_by(customers))
    };
    let cost = each("customer acquisition cost", Ratio::from(spend.amount()));
    table.push(
        name,
        "lifetime value (gross margin)",
        all.clone().and_then(|all| each(VALUE, all)).map(money),
    );
    table.push(name, "customer acquisition cost", cost.clone().map(money));
    let per_cost = all.clone().zip(cost.clone()).and_then(|(all, _)| {
        if spend.is_zero() {
            return Figure::undefined("LTV : CAC", Cause::Zero("customer acquisition cost".into()));
        }
        figure("LTV : CAC", all.divided_by(Ratio::from(spend.amount())))
    });
    let unit = alloc::format!("{code}/{code}");
    table.push(name, "LTV : CAC", per_cost.map(|ratio| Cell::new(format_args!("{ratio:.2}"), unit)));
    table.push(name, "customers won", Cell::new(won.value(), "customer"));
    table.push(name, "lifetime value of all", all.clone().map(money));
    table.push(name, "spend", spend);
    cost
}

/// The least n with q^n at most what is owed, where exact powers need more than 128 bits.
fn by_logarithms(owed: Ratio, factor: Ratio) -> Figure<Option<u32>> {
    let periods = libm::log(owed.to_f64()) / libm::log(factor.to_f64());
    let near = (periods - libm::round(periods)).abs() <= 1e-9 * periods.abs().max(1.0);
    if near || !periods.is_finite() {
        return Figure::undefined("payback", Cause::Imprecise);
    }
    let most = f64::from(u32::MAX);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "above 0 and checked below")]
    Figure::Known((periods < most).then_some(libm::ceil(periods) as u32))
}

/// The power, by squares.
fn power(base: Ratio, exponent: u32) -> Result<Ratio, QuantityError> {
    let (mut result, mut square, mut rest) = (Ratio::ONE, base, exponent);
    while rest > 0 {
        if rest % 2 == 1 {
            result = result.times(square)?;
        }
        rest /= 2;
        if rest > 0 {
            square = square.times(square)?;
        }
    }
    Ok(result)
}

/// A figure, undefined where its fraction needs more than 128 bits.
fn figure<T>(name: &'static str, value: Result<T, QuantityError>) -> Figure<T> {
    value.map_or_else(|_| Figure::undefined(name, Cause::OutOfRange), Figure::Known)
}

impl TryFrom<Wire> for LifetimeValue {
    type Error = ChannelError;

    fn try_from(wire: Wire) -> Result<Self, Self::Error> {
        let Wire { order_value, gross_margin, orders, retention, period, discount, horizon } = wire;
        let customer = Self::new(order_value, gross_margin, orders, retention, period)?;
        Ok(Self { discount, horizon, ..customer })
    }
}

impl From<LifetimeValue> for Wire {
    fn from(customer: LifetimeValue) -> Self {
        let LifetimeValue { order_value, gross_margin, orders, retention, period, discount, horizon } =
            customer;
        Self { order_value, gross_margin, orders, retention, period, discount, horizon }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(text: &str) -> Ratio {
        text.parse().unwrap()
    }

    /// 100 CNY an order, half of it margin, 2 orders a quarter: a margin of 100 CNY.
    fn customer(retention: &str) -> LifetimeValue {
        let margin = Share::percent(50).unwrap();
        let retention = retention.parse().unwrap();
        LifetimeValue::new("100 CNY".parse().unwrap(), margin, ratio("2"), retention, Grain::Quarter).unwrap()
    }

    #[test]
    fn values_are_worked_out_by_hand() {
        // 100 / (1 - 0.6), and less the first quarter 100 * 0.6 / 0.4.
        assert_eq!(customer("60 %").value(), Figure::Known(ratio("250")));
        assert_eq!(customer("60 %").after_first_period(), Figure::Known(ratio("150")));
        // 100 + 60 + 36.
        assert_eq!(customer("60 %").with_horizon(3).value(), Figure::Known(ratio("196")));
        assert_eq!(customer("60 %").with_horizon(0).value(), Figure::Known(Ratio::ZERO));
        assert_eq!(customer("60 %").with_horizon(0).after_first_period(), Figure::Known(Ratio::ZERO));
        // q = 0.6 / 1.2 = 1/2: 200; the multiple r / (1 + i - r) = 0.6 / 0.6 = 1.
        let discounted = customer("60 %").with_discount(Share::percent(20).unwrap());
        assert_eq!(discounted.value(), Figure::Known(ratio("200")));
        assert_eq!(discounted.after_first_period(), Figure::Known(ratio("100")));
        assert_eq!(customer("0 %").value(), Figure::Known(ratio("100")));
        assert_eq!(customer("100 %").with_horizon(7).value(), Figure::Known(ratio("700")));
    }

    #[test]
    fn what_has_no_end_or_no_cost_says_so() {
        let endless = customer("100 %");
        let why = "undefined: there is no churn, discount or horizon that ends the sum";
        for figure in [endless.value(), endless.after_first_period(), endless.per_cost(ratio("50"))] {
            assert_eq!(figure.to_string(), why);
        }
        // It is paid back all the same.
        assert_eq!(endless.periods_to_pay_back(ratio("250")), Figure::Known(3));
        let free = customer("60 %").per_cost(Ratio::ZERO);
        assert_eq!(free.to_string(), "undefined: customer acquisition cost is zero");
        assert_eq!(
            customer("60 %").per_cost(ratio("-1")).to_string(),
            "undefined: customer acquisition cost is below zero"
        );
        assert_eq!(customer("60 %").periods_to_pay_back(Ratio::ZERO), Figure::Known(0));
        // 1000 periods of 60 % have more digits than a fraction holds.
        assert!(customer("60 %").with_horizon(1_000).value().is_undefined());
    }

    #[test]
    fn a_cost_is_paid_back_at_the_first_period_that_covers_it() {
        let back = |retention: &str, cost: &str| customer(retention).periods_to_pay_back(ratio(cost)).known();
        for (cost, periods) in [
            ("0.01", Some(1)),
            ("100", Some(1)),
            ("100.01", Some(2)),
            ("160", Some(2)),
            ("196", Some(3)),
            ("196.01", Some(4)),
            ("249.99", Some(20)),
            ("250", None),
            ("251", None),
        ] {
            assert_eq!(back("60 %", cost), periods, "{cost}");
        }
        assert_eq!((back("0 %", "100"), back("0 %", "100.01")), (Some(1), None));
        assert_eq!((back("100 %", "100"), back("100 %", "100.01")), (Some(1), Some(2)));
        // Within the horizon or not at all.
        let ends = customer("60 %").with_horizon(2);
        assert_eq!(ends.periods_to_pay_back(ratio("160")).known(), Some(2));
        assert!(ends.periods_to_pay_back(ratio("161")).is_undefined());
        assert!(customer("60 %").with_horizon(0).periods_to_pay_back(ratio("1")).is_undefined());
        // 10,000 in all: 0.99^n at most 0.5 has more digits than a fraction holds at n = 69.
        assert_eq!(back("99 %", "5000"), Some(69));
        assert_eq!(back("99 %", "9999.99"), Some(1375));
        // Exact where powers fit, and the same by logarithms.
        for n in 2..15_u32 {
            let owed = power(ratio("3/5"), n).unwrap().plus(ratio("1/1000000")).unwrap();
            assert_eq!(by_logarithms(owed, ratio("3/5")), Figure::Known(Some(n)), "{n}");
        }
        assert!(by_logarithms(power(ratio("3/5"), 3).unwrap(), ratio("3/5")).is_undefined());
    }

    #[test]
    fn amounts_below_zero_are_refused() {
        let of = |value: &str, orders: &str| {
            let (value, orders) = (value.parse().unwrap(), ratio(orders));
            LifetimeValue::new(value, Share::ONE, orders, Share::ZERO, Grain::Month).unwrap_err().to_string()
        };
        assert_eq!(of("-1 CNY", "1"), "-1.00 CNY is below 0");
        assert_eq!(of("1 CNY", "-1/2"), "-1/2 orders in a period are below 0");
    }
}
