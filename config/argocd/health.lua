-- Argo CD: resource.customizations.health.mfsha.io_MfsHaCluster in the ConfigMap argocd-cm. Only conditions and the phase count.
local status = obj.status
if status == nil or status.conditions == nil then
  return { status = "Progressing", message = "the operator has not looked yet" }
end
local message = status.message or ""
if status.observedGeneration == nil or status.observedGeneration < obj.metadata.generation then
  return { status = "Progressing", message = "the operator has not seen the newest specification yet" }
end
if status.phase == "Paused" then
  return { status = "Suspended", message = message }
end
if status.phase == "Rejected" then
  return { status = "Degraded", message = message }
end
local condition = {}
for _, c in ipairs(status.conditions) do
  condition[c.type] = c.status
end
if condition["QuorumLost"] == "True" then
  return { status = "Degraded", message = "quorum lost: " .. message }
end
if condition["Progressing"] == "True" then
  return { status = "Progressing", message = message }
end
if condition["Available"] ~= "True" or condition["Degraded"] == "True" then
  return { status = "Degraded", message = message }
end
return { status = "Healthy", message = message }
