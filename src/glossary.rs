//! The words of this crate, with their abbreviations and the terms of Chinese plan documents.
//!
//! The search of this documentation finds a type by each of them: `ROAS`, `CTR`, `last touch`, `转化率`.
//!
//! # Goals and figures
//! | term | short | Chinese | where |
//! | --- | --- | --- | --- |
//! | target | | 目标 | [`target::Target`](crate::target::Target) |
//! | key performance indicator, metric | KPI | 指标 | [`kpi`](crate::kpi), [`channel::Metric`](crate::channel::Metric) |
//! | key result | KR | 关键结果 | [`goal::GoalStatement`](crate::goal::GoalStatement) |
//! | cascade: a target divided over periods or parts | | 目标拆解 | [`goal::Cascade`](crate::goal::Cascade) |
//! | attainment: actual over target | | 达成率 | [`target::Attainment`](crate::target::Attainment) |
//! | baseline: where a figure stood before | | 基线 | [`target::Baseline`](crate::target::Baseline) |
//! | growth on the previous period, on the previous year | MoM, QoQ, YoY | 环比, 同比 | [`goal::Growth`](crate::goal::Growth) |
//! | red, yellow, green light | RAG | 红黄绿灯 | [`target::Light`](crate::target::Light) |
//! | contribution: a part of a change or a score | | 贡献 | [`decompose::Contributions`](crate::decompose::Contributions) |
//!
//! # Money
//! | term | short | Chinese | where |
//! | --- | --- | --- | --- |
//! | budget, allocation, line | | 预算, 分配 | [`budget`](crate::budget) |
//! | contingency: a reserve for what nobody plans | | 应急备用 | [`budget::Reserve`](crate::budget::Reserve) |
//! | pacing: is the money spent as planned over time | | 投放节奏 | [`progress`](crate::progress) |
//! | earned value: plan, work done and cost compared | EV, CPI, SPI | 挣值 | [`progress::EarnedValue`](crate::progress::EarnedValue) |
//! | return on ad spend: revenue per unit of spend | ROAS | 投入产出比 1:3.2 | [`quantity::Return`](crate::quantity::Return) |
//! | return on investment: returns less spend, per unit of spend | ROI | 投资回报率 | [`budget::TrueReturn`](crate::budget::TrueReturn) |
//! | response curve: outcome against spend | | 响应曲线 | [`response::ResponseCurve`](crate::response::ResponseCurve) |
//! | marketing mix model: response curves with adstock, fitted to history, then optimised | MMM | | [`response::fit`](crate::response::fit), [`optimise::Optimisation`](crate::optimise::Optimisation) |
//! | adstock, carry-over: effect of today's spend later on | | 广告延续效应 | [`response::Adstock`](crate::response::Adstock) |
//!
//! # Channels
//! | term | short | Chinese | where |
//! | --- | --- | --- | --- |
//! | impressions, page views, unique visitors | PV, UV | 曝光, 浏览量, 访客数 | [`channel::ChannelFigure`](crate::channel::ChannelFigure) |
//! | click-through rate: clicks per impression | CTR | 点击率 | [`channel::Metric`](crate::channel::Metric) |
//! | conversion rate: orders per visit or click | CVR | 转化率 | [`channel::Metric`](crate::channel::Metric) |
//! | cost per click, per thousand impressions, per action | CPC, CPM, CPA | 单次点击成本, 千次曝光成本, 单次行动成本 | [`channel::Metric`](crate::channel::Metric) |
//! | customer acquisition cost | CAC | 获客成本 | [`channel::Metric`](crate::channel::Metric) |
//! | customer lifetime value | CLV, LTV | 客户终身价值 | [`channel::Quadrants`](crate::channel::Quadrants) |
//! | average order value | AOV | 客单价 | [`channel::Metric`](crate::channel::Metric) |
//! | gross merchandise value | GMV | 成交总额 | [`kpi`](crate::kpi) |
//! | owned traffic | | 私域 | [`channel`](crate::channel) |
//! | key opinion leader, key opinion consumer | KOL, KOC | 关键意见领袖 | [`channel::InfluencerPyramid`](crate::channel::InfluencerPyramid) |
//! | concentration: how much hangs on one channel | HHI | 集中度 | [`channel::Concentration`](crate::channel::Concentration) |
//!
//! # Journeys
//! | term | short | Chinese | where |
//! | --- | --- | --- | --- |
//! | touchpoint, touch | | 触点 | [`attribution::TouchEvent`](crate::attribution::TouchEvent) |
//! | attribution: who gets how much of a conversion | | 归因 | [`attribution`](crate::attribution) |
//! | removal effect: how much less would convert without a channel | | 移除效应 | [`attribution::RemovalEffects`](crate::attribution::RemovalEffects) |
//! | lookback window: touches older than it do not count | | 归因窗口 | [`attribution::JourneyRules`](crate::attribution::JourneyRules) |
//! | funnel, bottleneck | | 漏斗, 瓶颈 | [`funnel::Funnel`](crate::funnel::Funnel) |
//! | retention, churn, cohort | | 留存率, 流失率, 同期群 | [`funnel::CohortMatrix`](crate::funnel::CohortMatrix) |
//! | repurchase rate | | 复购率 | [`funnel::repurchase`](crate::funnel::repurchase) |
//! | lead | | 线索 | [`kpi`](crate::kpi) |
//!
//! # Health, review and the cycle
//! | term | short | Chinese | where |
//! | --- | --- | --- | --- |
//! | health score: indicators against their targets, weighed | | 健康度 | [`health::Matrix`](crate::health::Matrix) |
//! | analytic hierarchy process | AHP | 层次分析法 | [`ranking::PairwiseComparisons`](crate::ranking::PairwiseComparisons) |
//! | decision table | DMN | 决策表 | [`decision::DecisionTable`](crate::decision::DecisionTable) |
//! | review, finding, root cause | | 复盘, 发现, 根因 | [`review`](crate::review) |
//! | alert, threshold | | 预警, 阈值 | [`alert::Alert`](crate::alert::Alert) |
//! | risk matrix, expected monetary value | EMV | 风险矩阵 | [`risk::RiskMatrix`](crate::risk::RiskMatrix) |
//! | responsible, accountable, consulted, informed | RACI | 责任矩阵 | [`plan::Raci`](crate::plan::Raci) |
//! | critical path, slack | CPM | 关键路径, 浮动时间 | [`plan::Network`](crate::plan::Network) |
//! | plan, do, check, act | PDCA | 闭环, PDCA 循环 | [`pdca`](crate::pdca) |
//! | countermeasure: what is done about a finding | | 改进措施 | [`pdca::Countermeasure`](crate::pdca::Countermeasure) |
//! | sprint, board, minimum viable product | MVP | 冲刺, 看板 | [`agile`](crate::agile) |
