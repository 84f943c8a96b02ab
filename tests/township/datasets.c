/* What the catalogue says about each data set: the members that article 13 of the regulation on
 * sharing government data asks for, and what a workstation needs to show the records. */
#include "tests/township/records.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define UPDATED                                                                                    \
    {                                                                                              \
        "updated_at", "更新时间", "Updated", "time", NULL, NULL, 1, false                          \
    }

static const struct field POPULATION[] = {
    {"id_number", "公民身份号码", "Resident ID", "resident_id", "subject", NULL, 4, false},
    {"name", "姓名", "Name", "text", "title", NULL, 2, true},
    {"former_name", "曾用名", "Former name", "text", NULL, NULL, 3, false},
    {"sex", "性别", "Sex", "code", NULL, "GB/T 2261.1", 2, true},
    {"birth_date", "出生日期", "Date of birth", "date", NULL, NULL, 3, true},
    {"ethnicity", "民族", "Ethnic group", "code", NULL, "GB/T 3304", 3, true},
    {"registered_address", "户籍地址", "Registered address", "text", "address", NULL, 3, true},
    {"residence_address", "现住址", "Current address", "text", "address", NULL, 3, true},
    {"phone", "联系电话", "Phone", "phone", "phone", NULL, 3, true},
    {"household_id", "户号", "Household", "text", "household", NULL, 2, false},
    {"relation", "与户主关系", "Relation to head", "code", NULL, "GB/T 4761", 2, true},
    {"marital_status", "婚姻状况", "Marital status", "code", NULL, "GB/T 2261.2", 3, REQUIRED},
    {"education", "文化程度", "Education", "code", NULL, "GB/T 4658", 2, true},
    {"division", "所属村（社区）", "Village or community", "division", "division", NULL, 1, false},
    {"status", "户籍状态", "Registration status", "text", "status", NULL, 2, true},
    UPDATED,
};

static const struct field ENTERPRISE[] = {
    {"uscc", "统一社会信用代码", "Credit code", "uscc", "subject", NULL, 1, false},
    {"name", "名称", "Name", "text", "title", NULL, 1, true},
    {"kind", "主体类型", "Kind", "text", NULL, NULL, 1, false},
    {"status", "登记状态", "Status", "text", "status", NULL, 1, true},
    {"legal_representative", "法定代表人（负责人）", "Legal representative", "text", NULL, NULL, 2,
     true},
    {"legal_representative_id", "法定代表人证件号", "Legal representative's ID", "resident_id",
     "link_person", NULL, 4, false},
    {"shareholders", "股东及出资比例", "Shareholders", "list", NULL, NULL, 2, false},
    {"shareholder_ids", "股东证件号", "Shareholders' IDs", "list", "link_person", NULL, 4, false},
    {"registered_capital", "注册资本（元）", "Registered capital (yuan)", "amount", NULL, NULL, 1,
     false},
    {"established", "成立日期", "Established", "date", NULL, NULL, 1, false},
    {"address", "住所（经营场所）", "Address", "text", "address", NULL, 1, REQUIRED},
    {"phone", "联系电话", "Phone", "phone", "phone", NULL, 2, true},
    {"industry", "行业", "Industry", "code", NULL, "GB/T 4754", 1, true},
    {"scope", "经营范围", "Business scope", "text", NULL, NULL, 1, false},
    {"division", "所属村（社区）", "Village or community", "division", "division", NULL, 1, false},
    UPDATED,
};

static const struct field CERTIFICATE[] = {
    {"certificate_id", "电子证照标识", "Certificate identifier", "certificate_id", "certificate",
     NULL, 2, false},
    {"name", "证照名称", "Certificate", "text", "title", NULL, 1, false},
    {"holder_name", "持证主体", "Holder", "text", NULL, NULL, 2, true},
    {"holder_id", "持证人（负责人）证件号", "Holder's ID", "resident_id", "subject", NULL, 4,
     false},
    {"holder_uscc", "持证单位信用代码", "Holder's credit code", "uscc", "link_enterprise", NULL, 1,
     false},
    {"issuer", "颁发机构", "Issuer", "text", "issuer", NULL, 1, false},
    {"issuer_uscc", "颁发机构信用代码", "Issuer's credit code", "uscc", NULL, NULL, 1, false},
    {"issued_on", "有效期起", "Valid from", "date", "valid_from", NULL, 1, true},
    {"expires_on", "有效期止", "Valid to", "date", "valid_to", NULL, 1, true},
    {"status", "证照状态", "Status", "text", "status", NULL, 1, true},
    UPDATED,
};

static const struct field MARRIAGE[] = {
    {"certificate_number", "婚姻登记证字号", "Certificate number", "text", NULL, NULL, 3, false},
    {"names", "双方姓名", "Names", "text", "title", NULL, 3, true},
    {"husband_id", "男方证件号", "Husband's ID", "resident_id", "subject", NULL, 4, false},
    {"wife_id", "女方证件号", "Wife's ID", "resident_id", "link_person", NULL, 4, false},
    {"registered_on", "登记日期", "Registered on", "date", "valid_from", NULL, 3, true},
    {"office", "登记机关", "Registry", "text", "issuer", NULL, 1, false},
    {"status", "登记状态", "Status", "text", "status", NULL, 3, true},
    UPDATED,
};

static const struct field EDUCATION[] = {
    {"certificate_number", "毕业证书编号", "Diploma number", "text", NULL, NULL, 2, false},
    {"name", "姓名", "Name", "text", "title", NULL, 2, true},
    {"id_number", "公民身份号码", "Resident ID", "resident_id", "subject", NULL, 4, false},
    {"school", "毕业院校", "School", "text", "issuer", NULL, 2, true},
    {"major", "专业", "Major", "text", NULL, NULL, 2, true},
    {"level", "学历层次", "Level", "code", NULL, "GB/T 4658", 2, true},
    {"graduated_on", "毕业日期", "Graduated on", "date", "valid_from", NULL, 2, true},
    UPDATED,
};

static const struct field DEATH[] = {
    {"certificate_number", "死亡医学证明编号", "Certificate number", "text", NULL, NULL, 3, false},
    {"name", "死者姓名", "Name", "text", "title", NULL, 3, true},
    {"id_number", "公民身份号码", "Resident ID", "resident_id", "subject", NULL, 4, false},
    {"died_on", "死亡日期", "Died on", "date", NULL, NULL, 3, true},
    {"place", "死亡地点", "Place of death", "text", NULL, NULL, 3, false},
    {"issuer", "签发机构", "Issued by", "text", "issuer", NULL, 1, false},
    {"issued_on", "签发日期", "Issued on", "date", NULL, NULL, 2, false},
    UPDATED,
};

static const struct field SOCIAL_INSURANCE[] = {
    {"id_number", "公民身份号码", "Resident ID", "resident_id", "subject", NULL, 4, false},
    {"name", "姓名", "Name", "text", "title", NULL, 2, true},
    {"scheme", "险种", "Scheme", "text", NULL, NULL, 2, false},
    {"employer", "参保单位", "Employer", "text", NULL, NULL, 2, true},
    {"joined_on", "参保日期", "Joined on", "date", "valid_from", NULL, 2, true},
    {"months", "累计缴费月数", "Months paid", "integer", NULL, NULL, 3, true},
    {"paid_until", "缴费截止", "Paid until", "date", NULL, NULL, 2, false},
    {"active", "正常缴费", "Paying", "boolean", NULL, NULL, 2, false},
    UPDATED,
};

static const struct field ASSISTANCE[] = {
    {"id_number", "公民身份号码", "Resident ID", "resident_id", "subject", NULL, 4, false},
    {"name", "姓名", "Name", "text", "title", NULL, 2, true},
    {"household_id", "户号", "Household", "text", "household", NULL, 2, false},
    {"kind", "救助类别", "Kind", "text", NULL, NULL, 3, false},
    {"members", "保障人数", "Persons covered", "integer", NULL, NULL, 3, true},
    {"monthly_amount", "月保障金额（元）", "Monthly amount (yuan)", "amount", NULL, NULL, 3, true},
    {"since", "起始日期", "Since", "date", "valid_from", NULL, 2, false},
    {"ended_on", "停发日期", "Ended on", "date", "valid_to", NULL, 2, true},
    {"status", "待遇状态", "Status", "text", "status", NULL, 2, true},
    UPDATED,
};

static const struct field CREDIT[] = {
    {"decision_number", "文书号", "Decision number", "text", NULL, NULL, 1, false},
    {"uscc", "统一社会信用代码", "Credit code", "uscc", "subject", NULL, 1, false},
    {"name", "主体名称", "Name", "text", "title", NULL, 1, true},
    {"kind", "信用信息类别", "Kind", "text", NULL, NULL, 1, false},
    {"content", "内容", "Content", "text", NULL, NULL, 1, true},
    {"fine", "罚款金额（元）", "Fine (yuan)", "amount", NULL, NULL, 1, false},
    {"decided_on", "决定日期", "Decided on", "date", "valid_from", NULL, 1, true},
    {"published_until", "公示截止", "Published until", "date", "valid_to", NULL, 1, false},
    {"authority", "决定机关", "Authority", "text", "issuer", NULL, 1, false},
    UPDATED,
};

static const struct field PLACE[] = {
    {"unit_number", "不动产单元号", "Property unit number", "text", "subject", NULL, 2, false},
    {"location", "坐落", "Location", "text", "title", NULL, 2, true},
    {"land_use", "土地用途", "Land use", "text", NULL, NULL, 1, true},
    {"area_square_metres", "面积（平方米）", "Area (square metres)", "integer", NULL, NULL, 1,
     true},
    {"right", "权利类型", "Right", "text", NULL, NULL, 2, false},
    {"holder_name", "权利人", "Right holder", "text", NULL, NULL, 3, true},
    {"holder_id", "权利人证件号", "Right holder's ID", "resident_id", "link_person", NULL, 4,
     false},
    {"registered_on", "登记日期", "Registered on", "date", "valid_from", NULL, 1, false},
    {"division", "所属村（社区）", "Village or community", "division", "division", NULL, 1, false},
    UPDATED,
};

static const struct field INDICATOR[] = {
    {"code", "指标代码", "Indicator code", "text", "subject", NULL, 1, false},
    {"name", "指标名称", "Indicator", "text", "title", NULL, 1, false},
    {"period", "统计期", "Period", "text", NULL, NULL, 1, false},
    {"value", "数值", "Value", "integer", NULL, NULL, 1, true},
    {"unit", "计量单位", "Unit", "text", NULL, NULL, 1, false},
    {"change_permille", "同比（千分点）", "Change on the year (per mille)", "integer", NULL, NULL,
     1, false},
    {"division", "所属区域", "Area", "division", "division", NULL, 1, false},
    UPDATED,
};

static const struct field VISIT[] = {
    {"id_number", "公民身份号码", "Resident ID", "resident_id", "subject", NULL, 4, true},
    {"name", "姓名", "Name", "text", "title", NULL, 2, true},
    {"visited_on", "走访日期", "Visited on", "date", NULL, NULL, 2, true},
    {"note", "走访情况", "What was seen", "text", NULL, NULL, 3, true},
    {"visitor", "走访人", "Visitor", "text", "issuer", NULL, 2, true},
    UPDATED,
};

#define FIELDS(array) (array), COUNT_OF(array), false

static const struct dataset DATASETS[] = {
    {"population", "自然人基础信息", "Population register", NULL, "公安部", "11100000000013127D",
     "conditional", "乡镇（街道）、村（社区）", "办理居民服务事项、基层治理", "daily", 3, 7, 365, 0,
     "person", FIELDS(POPULATION)},
    {"enterprise", "企业基本信息", "Enterprise register", NULL, "国家市场监督管理总局",
     "11100000MB0143028R", "unconditional", "各级政务部门", "办理涉企服务事项、日常监管", "daily",
     1, 7, 730, 0, "enterprise", FIELDS(ENTERPRISE)},
    {"certificate", "电子证照信息", "Electronic certificates", "MB000010",
     "云汀省政务服务和数据管理局", NULL, "conditional", "乡镇（街道）",
     "核验证照、减免提交纸质材料", "daily", 2, 3, 365, 1, "person", FIELDS(CERTIFICATE)},
    {"marriage", "婚姻登记信息", "Marriage registrations", "MB000016", "云汀省民政厅", NULL,
     "conditional", "乡镇（街道）", "核验婚姻状况", "daily", 3, 15, 180, 2, "person",
     FIELDS(MARRIAGE)},
    {"education", "高等教育学历信息", "Higher education diplomas", "MB000017", "云汀省教育厅", NULL,
     "conditional", "乡镇（街道）", "人才服务、就业登记", "yearly", 2, 400, 180, 3, "person",
     FIELDS(EDUCATION)},
    {"death", "死亡医学证明信息", "Death certificates", "MB000018", "云汀省卫生健康委员会", NULL,
     "conditional", "乡镇（街道）", "停发待遇、注销户口提示", "daily", 3, 7, 365, 2, "person",
     FIELDS(DEATH)},
    {"social_insurance", "社会保险参保信息", "Social insurance", "MB000019",
     "云汀省人力资源和社会保障厅", NULL, "conditional", "乡镇（街道）", "参保扩面、待遇资格核对",
     "monthly", 3, 45, 180, 3, "person", FIELDS(SOCIAL_INSURANCE)},
    {"assistance", "最低生活保障信息", "Minimum living allowance", "MB000016", "云汀省民政厅", NULL,
     "conditional", "乡镇（街道）", "社会救助对象核对", "monthly", 3, 45, 365, 2, "person",
     FIELDS(ASSISTANCE)},
    {"credit", "公共信用信息", "Public credit records", "MB000020", "云汀省发展和改革委员会", NULL,
     "unconditional", "各级政务部门", "信用核查", "weekly", 1, 30, 365, 3, "enterprise",
     FIELDS(CREDIT)},
    {"place", "自然资源和不动产单元", "Land parcels and property units", NULL, "自然资源部",
     "11100000MB03271699", "conditional", "乡镇（街道）", "宅基地管理、拆迁安置核对", "monthly", 2,
     60, 365, 4, "place", FIELDS(PLACE)},
    {"indicator", "乡镇经济社会指标", "Township indicators", "MB000021", "云汀省统计局", NULL,
     "unconditional", "各级政务部门", "形势分析", "monthly", 1, 62, 1095, 4, "indicator",
     FIELDS(INDICATOR)},
    {"visit", "入户走访记录", "Household visits", "MB000016", "云汀省民政厅", NULL, "conditional",
     "乡镇（街道）", "重点人员走访关爱", "daily", 3, 7, 730, 3, "person", VISIT, COUNT_OF(VISIT),
     true},
};

size_t dataset_total(void)
{
    return COUNT_OF(DATASETS);
}

const struct dataset *dataset_at(size_t at)
{
    return &DATASETS[at];
}
